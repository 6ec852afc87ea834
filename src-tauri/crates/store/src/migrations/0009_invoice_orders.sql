-- The invoices of one status by client and by number, without looking at those of every other status.

CREATE INDEX invoice_by_status_name   ON invoice (status, client_key) WHERE gone_at IS NULL;
CREATE INDEX invoice_by_status_number ON invoice (status, number)     WHERE gone_at IS NULL;
