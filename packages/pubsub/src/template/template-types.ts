/** The names of the parameters of a template such as `'room:{room}:message'`. */
export type ParameterNames<Template extends string> = Template extends `${infer Segment}:${infer Rest}`
  ? NameIn<Segment> | ParameterNames<Rest>
  : NameIn<Template>;

type NameIn<Segment extends string> = Segment extends `{${infer Name}}` ? Name : never;

/** One string for each parameter of a template. A template that is not known to the compiler takes any names. */
export type ParametersOf<Template extends string> = string extends Template
  ? Readonly<Record<string, string>>
  : { readonly [Name in ParameterNames<Template>]: string };
