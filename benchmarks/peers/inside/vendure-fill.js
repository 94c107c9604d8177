// Goods, stock, shipping and payment: `node vendure-fill.js PRODUCTS OUT`, with PEER_SYNCHRONIZE=1.
const fs = require("fs");
const path = require("path");
const modules = path.join(process.env.PEER_MODULES, "node_modules");
const { bootstrap, JobQueueService, RequestContextService, SearchService, TransactionalConnection, ProductVariant } =
  require(path.join(modules, "@vendure/core"));
const { populate } = require(path.join(modules, "@vendure/core/cli"));
const { config } = require("./vendure-config");

const [count, out] = [Number(process.argv[2]), process.argv[3]];
const MUCH = 10000000;
const LITTLE = 50;
const description = "Picked this morning, sent this afternoon. ".repeat(10);
const initial = {
  defaultLanguage: "en",
  defaultZone: "Asia",
  countries: [{ name: "China", code: "CN", zone: "Asia" }],
  taxRates: [{ name: "Standard", percentage: 0 }],
  shippingMethods: [{ name: "Post", price: 0 }],
  paymentMethods: [
    { name: "Dummy", handler: { code: "dummy-payment-handler", arguments: [{ name: "automaticSettle", value: "false" }] } },
  ],
  collections: [],
};

const columns = "name,slug,description,assets,facets,optionGroups,optionValues,sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets";
const rows = Array.from({ length: count }, (_, i) => {
  const stock = i === count - 1 ? LITTLE : MUCH;
  return `Pomelo ${i},pomelo-${i},"${description}",,,,,sku-${i},100.00,standard,${stock},true,,`;
});

// Jobs are worked off in this process until every variant can be found.
async function indexed(connection, wanted) {
  for (;;) {
    const [{ found }] = await connection.query("select count(*)::int as found from search_index_item");
    if (found >= wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function main() {
  const csv = path.join(process.env.PEER_DATA, "products.csv");
  fs.writeFileSync(csv, [columns, ...rows].join("\n") + "\n");
  const app = await populate(() => bootstrap(config), initial, csv);
  const variants = await app.get(TransactionalConnection).rawConnection.getRepository(ProductVariant)
    .find({ relations: ["product"], order: { id: "ASC" } });
  const filled = variants.map((variant) => ({ product: String(variant.productId), variant: String(variant.id), sku: variant.sku }));
  fs.writeFileSync(out, JSON.stringify(filled));
  const ctx = await app.get(RequestContextService).create({ apiType: "admin" });
  await app.get(JobQueueService).start();
  await app.get(SearchService).reindex(ctx);
  await indexed(app.get(TransactionalConnection).rawConnection, variants.length);
  await app.close();
  process.exit(0);
}

main().catch((error) => { console.error(error); process.exit(1); });
