// In place of the engine where there was no Emscripten to compile it.
export default null;
