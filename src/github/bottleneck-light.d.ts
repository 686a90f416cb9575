/** The part of the library that needs no Redis. The library only has types for the whole. */
declare module 'bottleneck/light.js' {
  export { default } from 'bottleneck';
}
