// The process that works off the jobs.
const path = require("path");
const { bootstrapWorker } = require(path.join(process.env.PEER_MODULES, "node_modules/@vendure/core"));
bootstrapWorker(require("./vendure-config").config).then((worker) => worker.startJobQueue());
