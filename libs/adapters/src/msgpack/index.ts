export { FrameFormatError, MsgpackFrameCodec } from './codec';
