// Loaded before the identity emulator. It compiles a validator for every operation of Identity Toolkit when it starts; tidying the
// generated code takes a third of that time and changes nothing in what the validators accept, so it is left out.
try {
  const { CodeGen } = require(require.resolve("ajv/dist/compile/codegen", { paths: [require("path").dirname(process.argv[1])] }));
  CodeGen.prototype.optimize = () => {};
} catch {
  // Another version of the emulator: it starts as it likes.
}
