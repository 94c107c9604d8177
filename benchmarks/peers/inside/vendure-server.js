// The shop's API in as many processes as asked for, behind one port.
const cluster = require("cluster");
const path = require("path");

if (cluster.isPrimary) {
  for (let i = 0; i < Number(process.env.PEER_WORKERS); i++) cluster.fork();
  process.on("SIGTERM", () => process.exit(0));
} else {
  const { bootstrap } = require(path.join(process.env.PEER_MODULES, "node_modules/@vendure/core"));
  bootstrap(require("./vendure-config").config);
}
