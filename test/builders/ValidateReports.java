import com.pixelmed.validate.DicomSRValidator;
import java.lang.reflect.Field;
import javax.xml.transform.Source;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.URIResolver;

/**
 * PixelMed's validator over many reports in one process, which reads its rules once.
 *
 * <p>Its rules look up the context groups of PS3.16 with document(). The validator gives that document without an address,
 * so that the processor doesn't know it again, and reads and keeps it anew for each coded item of a report: seconds and
 * gigabytes. With an address it is read once per report, and the answers are the same.
 */
public class ValidateReports {
  public static void main(String[] files) throws Exception {
    DicomSRValidator validator = new DicomSRValidator();
    int addressed = 0;
    for (Field field : DicomSRValidator.class.getDeclaredFields()) {
      if (!Transformer.class.isAssignableFrom(field.getType())) continue;
      field.setAccessible(true);
      Transformer transformer = (Transformer) field.get(validator);
      transformer.setURIResolver(withAddress(transformer.getURIResolver()));
      addressed++;
    }
    if (addressed == 0) throw new IllegalStateException("This edition of PixelMed has its rules elsewhere.");
    for (String file : files) {
      System.out.println("== " + file);
      System.out.println(validator.validate(file));
    }
  }

  private static URIResolver withAddress(URIResolver inner) {
    return (href, base) -> {
      Source source = inner.resolve(href, base);
      if (source == null) throw new TransformerException("The rules ask for " + href + ", which is not there.");
      source.setSystemId(href);
      return source;
    };
  }
}
