const { TestEnvironment } = require('jest-environment-node');

/**
 * Node's environment with Node's own Float32Array: onnxruntime's binary part makes its results of that class, and its
 * JavaScript part, which jest loads inside the sandbox, would not know them by the sandbox's.
 */
module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global.Float32Array = Float32Array;
  }
};
