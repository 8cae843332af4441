/** Types of environment.mjs. */
export function daemonEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
export function isTold(environment: NodeJS.ProcessEnv): boolean;
