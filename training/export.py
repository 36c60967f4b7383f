"""Writes models/spine-seg/model.onnx and its bundle.json from a checkpoint.

usage: export.py STATE.pt OUT_DIR VERSION
"""
import hashlib, json, os, sys
import torch
from net import UNet

CLASSES = ['background', 'vertebral-body', 'disc', 'sacrum', 'canal', 'posterior-elements']


class Softmax(torch.nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return self.net(x).softmax(1)


state, out, version = sys.argv[1:4]
net = UNet()
net.load_state_dict(torch.load(state))
os.makedirs(out, exist_ok=True)
path = os.path.join(out, 'model.onnx')
axes = {0: 'n', 2: 'h', 3: 'w'}
torch.onnx.export(Softmax(net.eval()), torch.zeros(1, 1, 256, 256), path, opset_version=13, input_names=['slices'],
                  output_names=['probabilities'], dynamic_axes={'slices': axes, 'probabilities': axes})
digest = hashlib.sha256(open(path, 'rb').read()).hexdigest()
bundle = {
    'name': 'spine-seg', 'version': version, 'licence': 'Apache-2.0',
    'attribution': 'Fine-tuned on SPIDER (van der Graaf et al. 2024, Sci Data 11:264), CC BY 4.0.',
    'file': 'model.onnx', 'sha256': digest,
    'input': {'name': 'slices', 'channels': 1, 'channelOffsetMm': 0, 'spacingMm': 1, 'multipleOf': 32,
              'normalisation': 'zscore-per-slice', 'orientation': 'rows superior to inferior, columns anterior to posterior'},
    'output': {'name': 'probabilities', 'activation': 'softmax'}, 'classes': CLASSES,
}
with open(os.path.join(out, 'bundle.json'), 'w') as f:
    json.dump(bundle, f, indent=2)
    f.write('\n')
print(digest, os.path.getsize(path), 'bytes')
