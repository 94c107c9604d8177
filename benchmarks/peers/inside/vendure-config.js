// Vendure as its manual sets it up for several processes: sessions, cache and jobs in Redis, jobs in a worker.
const path = require("path");
const modules = path.join(process.env.PEER_MODULES, "node_modules");
const { DefaultSearchPlugin, RedisCachePlugin, DefaultLogger, LogLevel, dummyPaymentHandler } =
  require(path.join(modules, "@vendure/core"));
const { BullMQJobQueuePlugin } = require(path.join(modules, "@vendure/job-queue-plugin/package/bullmq"));

const redis = { host: "127.0.0.1", port: Number(process.env.PEER_REDIS) };

exports.config = {
  logger: new DefaultLogger({ level: LogLevel.Error }),
  apiOptions: {
    hostname: "127.0.0.1",
    port: Number(process.env.PEER_PORT),
    shopApiPath: "shop-api",
    adminApiPath: "admin-api",
    introspection: false,
  },
  authOptions: {
    tokenMethod: ["bearer", "cookie"],
    cookieOptions: { secret: process.env.PEER_SECRET },
    superadminCredentials: { identifier: "superadmin", password: process.env.PEER_SECRET },
  },
  dbConnectionOptions: {
    type: "postgres",
    host: process.env.PEER_DB_HOST,
    port: Number(process.env.PEER_DB_PORT),
    username: process.env.PEER_DB_USER,
    password: process.env.PEER_DB_PASSWORD,
    database: process.env.PEER_DB_NAME,
    synchronize: process.env.PEER_SYNCHRONIZE === "1",
    logging: false,
    poolSize: 20,
  },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  customFields: {},
  plugins: [
    RedisCachePlugin.init({ redisOptions: redis }),
    BullMQJobQueuePlugin.init({ connection: { ...redis, maxRetriesPerRequest: null } }),
    DefaultSearchPlugin.init({ bufferUpdates: false, indexStockStatus: false }),
  ],
};
