/** `--help`: examples first, then every command and option. */
export const HELP = `tacet-relay: run a relay of a Tacet network, or a whole small network

Examples
  tacet-relay network create --dir net --name "My network" --demo
  tacet-relay run-all --dir net
  tacet-relay card --dir net
  tacet-relay config check --config net/edge-1/config.json
  tacet-relay run --config net/edge-1/config.json

Commands
  run --config FILE           run one process: mix, edge or authority
      [--until-stdin-ends]    stop when standard input ends
  run-all --dir DIR           run every process of a folder, stop them together
  network create --dir DIR --name NAME
      [--demo]                quick rates, marked "no crowd"
      [--host HOST]           address to listen on and be reached by (127.0.0.1)
      [--base-port PORT]      first of a row of ports (default: free ports)
      [--mixes-per-layer N]   1 to 9 (1)
      [--edges N]             1 to 9 (2)
      [--family NAME]         who operates these relays (the name of the network)
      [--capacity N]          packets a second each relay is built for (1000; 200 with --demo)
      [--set KEY=VALUE]       another value for a parameter of the network; may be repeated
  card --dir DIR              print the network card: who has it may join
  config check --config FILE  check a configuration, print effective values and where they are from
  --version, --help

Every key of a configuration can be set by the environment: clientPort by TACET_RELAY_CLIENT_PORT.
Exit codes: 0 ok, 1 failed, 2 usage, 5 not found, 6 network, 7 refused, 130 interrupted.
`;
