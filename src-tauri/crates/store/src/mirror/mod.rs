//! What WHMCS and Contabo said: one record type per kind of row, written in batches, and when each was last seen.
//!
//! A sync writes pages with [`upsert_many`], ends a whole sweep with [`forget_unseen`], and every batch with
//! [`settle`], which brings counters and links up to date. To add a kind: a table in a migration, a record with its
//! [`Mirrored`] here, a variant of [`Kind`].

mod amount;
mod catalogue;
mod clients;
mod figures;
mod instances;
mod invoices;
mod pages;
mod prices;
mod services;
mod settle;
mod sync;
mod tickets;
mod upsert;
mod usage;

pub use amount::{e4, from_e4};
pub use catalogue::{DataCenterRecord, ImageRecord, TagAssignment, TagRecord, replace_assignments};
pub use clients::{ClientRecord, client_detail, save_client_detail};
pub use figures::{overdue_invoices, waiting_tickets};
pub use instances::InstanceRecord;
pub use invoices::InvoiceRecord;
pub use pages::{
    ClaimingService, ClientMoment, CurrencySum, InstanceDetail, client_extra, instance_detail, moments_of_client,
    recurring_of_client, servers_of_client, services_claiming, unpaid_of_client,
};
pub use prices::{
    MoveRecord, PriceKey, PriceListRecord, PricePoint, move_price, price_list, price_points, read_move,
    save_price_list, set_price,
};
pub use rust_decimal::Decimal as Amount;
pub use services::ServiceRecord;
pub(crate) use settle::register;
pub use settle::settle;
pub use sync::{SyncState, save_sync_state, sync_state, sync_states};
pub use tickets::TicketRecord;
pub use upsert::{Mirrored, Upserted, forget, forget_unseen, seen_at, upsert_many};
pub use usage::{StorageRecord, UsageRecord, forget_storages, keep_usage, note_storage, storages};

/// A kind of mirrored row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// WHMCS clients.
    Clients = 1,
    /// WHMCS services.
    Services = 2,
    /// WHMCS invoices.
    Invoices = 3,
    /// WHMCS tickets.
    Tickets = 4,
    /// Contabo instances.
    Instances = 5,
    /// Contabo images.
    Images = 6,
    /// Contabo data centers.
    DataCenters = 7,
    /// Contabo tags.
    Tags = 8,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Clients,
        Self::Services,
        Self::Invoices,
        Self::Tickets,
        Self::Instances,
        Self::Images,
        Self::DataCenters,
        Self::Tags,
    ];

    /// The kind's name, as freshness shows it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clients => "clients",
            Self::Services => "services",
            Self::Invoices => "invoices",
            Self::Tickets => "tickets",
            Self::Instances => "instances",
            Self::Images => "images",
            Self::DataCenters => "data_centers",
            Self::Tags => "tags",
        }
    }

    /// The kind with that name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// `whmcs` or `contabo`.
    pub const fn provider(self) -> &'static str {
        match self {
            Self::Clients | Self::Services | Self::Invoices | Self::Tickets => "whmcs",
            Self::Instances | Self::Images | Self::DataCenters | Self::Tags => "contabo",
        }
    }

    pub(crate) const fn table(self) -> &'static str {
        match self {
            Self::Clients => "client",
            Self::Services => "service",
            Self::Invoices => "invoice",
            Self::Tickets => "ticket",
            Self::Instances => "instance",
            Self::Images => "image",
            Self::DataCenters => "datacenter",
            Self::Tags => "tag",
        }
    }
}
