//! Brings counters and links up to date after a batch: a client's services, servers, tickets and overdue sum, a
//! service's client, an instance's service, price and tags.
//!
//! Triggers note which clients and instances a write concerns; only those are settled, so the cost follows the
//! change and not the size of the mirror.

use jiff::civil::Date;
use rusqlite::{Connection, Transaction, functions::FunctionFlags};

use crate::{StoreError, text::words};

/// Makes the words of a text known to SQL, as `folded_words(text)`, for the connection that settles.
pub(crate) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("folded_words", 1, flags, |context| {
        Ok(words([context.get_raw(0).as_str_or_null()?.unwrap_or_default()]))
    })
}

/// Settles what earlier writes left open. `today` is this machine's day: an invoice becomes overdue by it. Call it at
/// the end of each batch, in the same transaction, and once a day.
///
/// # Errors
/// When the database fails.
pub fn settle(tx: &Transaction<'_>, today: Date) -> Result<(), StoreError> {
    note_new_day(tx, today)?;
    note_owners(tx)?;
    find_currencies(tx)?;
    name_services(tx)?;
    count_clients(tx, today)?;
    tx.execute("DELETE FROM settle_client", [])?;
    link_instances(tx)?;
    tx.execute("DELETE FROM settle_instance", [])?;
    Ok(())
}

/// Invoices fall overdue without being touched: their clients are settled when the day changes, in either direction.
fn note_new_day(tx: &Transaction<'_>, today: Date) -> Result<(), StoreError> {
    let today = today.to_string();
    let noted = tx.execute(
        "INSERT OR IGNORE INTO settle_client
         SELECT DISTINCT i.client_id FROM invoice i, (SELECT coalesce((SELECT day FROM settle_day), '') AS day) d
         WHERE i.gone_at IS NULL AND i.balance_e4 > 0 AND i.due >= min(d.day, ?1) AND i.due < max(d.day, ?1)
           AND d.day <> ?1",
        [&today],
    )?;
    if noted > 0 {
        tracing::debug!(clients = noted, today, "a new day: overdue sums are counted again");
    }
    tx.execute(
        "INSERT INTO settle_day VALUES (1, ?1) ON CONFLICT DO UPDATE SET day = excluded.day WHERE day <> excluded.day",
        [&today],
    )?;
    Ok(())
}

/// GetClients does not tell a client's currency; its newest invoice does.
fn find_currencies(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE client SET currency = found.currency FROM (
            SELECT s.id, (SELECT i.currency FROM invoice i WHERE i.client_id = s.id AND i.gone_at IS NULL
                AND i.currency <> '' ORDER BY i.date DESC, i.id DESC LIMIT 1) AS currency
            FROM settle_client s JOIN client c ON c.id = s.id WHERE c.currency = ''
         ) found
         WHERE client.id = found.id AND found.currency IS NOT NULL",
        [],
    )?;
    Ok(())
}

/// An instance that came or went counts among its client's servers.
fn note_owners(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO settle_client SELECT v.client_id FROM settle_instance s JOIN service v ON v.instance_id = s.id
         WHERE true ON CONFLICT DO NOTHING",
        [],
    )?;
    Ok(())
}

fn name_services(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute_batch(
        "UPDATE service SET client_name = c.name, client_key = c.name_key, currency = c.currency,
            more_words = c.words
         FROM settle_client s JOIN client c ON c.id = s.id
         WHERE service.client_id = s.id
           AND (service.client_name, service.currency, service.more_words) IS NOT (c.name, c.currency, c.words);
         -- The same stands in the rows of its instances.
         INSERT OR IGNORE INTO settle_instance
         SELECT v.instance_id FROM settle_client s JOIN service v ON v.client_id = s.id
         WHERE v.instance_id IS NOT NULL;",
    )?;
    Ok(())
}

fn count_clients(tx: &Transaction<'_>, today: Date) -> Result<(), StoreError> {
    // One currency stands in the row: the client's own where it owes in it, else the one it owes most in.
    tx.execute(
        "WITH figure AS (
            SELECT s.id,
              (SELECT count(*) FROM service v WHERE v.client_id = s.id AND v.gone_at IS NULL) AS services_all,
              (SELECT count(*) FROM service v WHERE v.client_id = s.id AND v.gone_at IS NULL
                 AND v.status = 'Active') AS services,
              (SELECT count(DISTINCT v.instance_id) FROM service v JOIN instance n ON n.id = v.instance_id
                 WHERE v.client_id = s.id AND v.gone_at IS NULL AND n.gone_at IS NULL) AS servers,
              (SELECT count(*) FROM ticket t WHERE t.client_id = s.id AND t.gone_at IS NULL) AS tickets_all,
              (SELECT count(*) FROM ticket t WHERE t.client_id = s.id AND t.gone_at IS NULL
                 AND t.waiting = 1) AS tickets,
              (SELECT count(*) FROM invoice i WHERE i.client_id = s.id AND i.gone_at IS NULL) AS invoices,
              (SELECT i.currency FROM invoice i WHERE i.client_id = s.id AND i.gone_at IS NULL
                 AND i.balance_e4 > 0 AND i.due <> '' AND i.due < ?1 GROUP BY i.currency
                 ORDER BY i.currency = c.currency DESC, sum(i.balance_e4) DESC LIMIT 1) AS overdue_currency
            FROM settle_client s JOIN client c ON c.id = s.id
         ), whole AS (
            SELECT f.*, coalesce((SELECT sum(i.balance_e4) FROM invoice i WHERE i.client_id = f.id
                 AND i.gone_at IS NULL AND i.balance_e4 > 0 AND i.due <> '' AND i.due < ?1
                 AND i.currency = f.overdue_currency), 0) AS overdue_e4
            FROM figure f
         )
         UPDATE client SET services = w.services, services_all = w.services_all, servers = w.servers,
            tickets = w.tickets, tickets_all = w.tickets_all, invoices = w.invoices, overdue_e4 = w.overdue_e4,
            overdue_currency = coalesce(w.overdue_currency, '')
         FROM whole w WHERE client.id = w.id
           AND (client.services, client.services_all, client.servers, client.tickets, client.tickets_all,
                client.invoices, client.overdue_e4, client.overdue_currency)
             IS NOT (w.services, w.services_all, w.servers, w.tickets, w.tickets_all, w.invoices, w.overdue_e4,
                     coalesce(w.overdue_currency, ''))",
        [today.to_string()],
    )?;
    Ok(())
}

/// An instance that several services claim belongs to the one that is most alive, then to the oldest.
fn link_instances(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(
        "WITH claim AS (
            SELECT n.id, v.id AS service_id, v.client_id, v.client_name, v.client_key, v.next_due, v.amount,
                v.amount_e4, v.currency, v.words || v.more_words AS words,
                row_number() OVER (PARTITION BY n.id ORDER BY v.status = 'Active' DESC,
                    v.status IN ('Suspended', 'Pending', 'Completed') DESC, v.id) AS place
            FROM settle_instance s JOIN instance n ON n.id = s.id
            LEFT JOIN service v ON v.instance_id = n.id AND v.gone_at IS NULL
         ), link AS (
            SELECT claim.*, (SELECT json_group_array(name) FROM (
                SELECT t.name FROM tag_assignment a JOIN tag t ON t.id = a.tag_id
                WHERE a.resource_type = 'instance' AND a.resource_id = CAST(claim.id AS TEXT) AND t.gone_at IS NULL
                ORDER BY t.name)) AS tags
            FROM claim WHERE place = 1
         )
         UPDATE instance SET service_id = l.service_id, client_id = l.client_id,
            client_name = coalesce(l.client_name, ''), client_key = coalesce(l.client_key, ''),
            next_due = coalesce(l.next_due, ''), price = coalesce(l.amount, ''),
            price_e4 = coalesce(l.amount_e4, 0), price_currency = coalesce(l.currency, ''), tags = l.tags,
            more_words = coalesce(l.words, '') || folded_words(l.tags)
         FROM link l WHERE instance.id = l.id
           AND (instance.service_id, instance.client_id, instance.client_name, instance.next_due, instance.price,
                instance.price_currency, instance.tags, instance.more_words)
             IS NOT (l.service_id, l.client_id, coalesce(l.client_name, ''), coalesce(l.next_due, ''),
                     coalesce(l.amount, ''), coalesce(l.currency, ''), l.tags,
                     coalesce(l.words, '') || folded_words(l.tags))",
        [],
    )?;
    Ok(())
}
