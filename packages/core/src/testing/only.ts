/** Only these methods of a port: any other is a fault of the test. */
export const only = <T extends object>(methods: Partial<T>): T =>
  new Proxy(methods, {
    get: (target, name) => {
      if (name in target) return Reflect.get(target, name);
      throw new Error(`${String(name)} is not faked.`);
    },
  }) as T;
