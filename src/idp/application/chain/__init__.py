"""The chain over the audit trail: sealing entries in batches, checking the chain, erasing by order."""
