declare module 'ioredis-mock' {
  const Mock: new (options: { host: string; port: number }) => unknown;
  export default Mock;
}
