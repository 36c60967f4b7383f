import com.pixelmed.validate.DicomSRValidator;

/** PixelMed's validator over many reports in one process: half of its time goes into reading its rules. */
public class ValidateReports {
  public static void main(String[] files) throws Exception {
    DicomSRValidator validator = new DicomSRValidator();
    for (String file : files) {
      System.out.println("== " + file);
      System.out.println(validator.validate(file));
    }
  }
}
