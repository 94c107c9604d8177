"""All SQL of `trade`. Rows are locked in one order everywhere: group, order, campaign, stock, listing."""
