/** The part of the library that needs no Redis; its own types stand beside the whole only. */
declare module 'bottleneck/light.js' {
  export { default } from 'bottleneck';
}
