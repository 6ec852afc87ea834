//! DNS: reverse records of addresses, zones and their records.

use crate::reply::{Done, Page};

open_enum! {
    /// Type of a record.
    RecordType {
        A = "A",
        Aaaa = "AAAA",
        Caa = "CAA",
        Cname = "CNAME",
        Mx = "MX",
        Srv = "SRV",
        Txt = "TXT",
    }
}

object! {
    /// The reverse record of an address.
    PtrRecord
    key {
        /// Address.
        ip: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Time to live, seconds.
        ttl: Option<i64>,
        /// The name the address leads to.
        ptr: String,
    }
}

object! {
    /// A zone.
    DnsZone
    key {
        /// Its name.
        zone_name: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
    }
}

object! {
    /// A record of a zone.
    DnsRecord
    key {
        /// Record id.
        record_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Name; the zone's when empty.
        name: String,
        /// Type.
        kind as "type": RecordType,
        /// Time to live, seconds.
        ttl: Option<i64>,
        /// Priority (MX, SRV).
        prio: Option<i64>,
        /// What it says.
        data: String,
        /// Port (SRV).
        port: Option<i64>,
        /// Weight (SRV).
        weight: Option<i64>,
        /// Flag (CAA).
        flag: Option<i64>,
        /// Tag (CAA).
        tag: String,
    }
}

object! {
    /// What deleting several records answers.
    BulkDeletion
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Records that are still there.
        failed_ids: Vec<i64>,
    }
}

listing! {
    /// Lists the reverse records.
    RetrievePtrRecordsList = "retrievePtrRecordsList", "/v1/dns/ptrs", Dns -> PtrRecord;
    query {
        /// Customer number.
        customer_id: String,
        /// Tenant.
        tenant_id: crate::api::instances::Tenant,
        /// Addresses; sent as a repeated parameter.
        ips: Vec<String>,
        /// Searches address and name.
        search: String,
    }
}

operation! {
    /// Creates a reverse record; only for IPv6 (quirk 6).
    CreatePtrRecord = "createPtrRecord", POST "/v1/dns/ptrs", Dns, Once, Quick -> PtrRecord;
    require {
        /// Address.
        ip: String,
        /// The name it leads to.
        ptr: String,
        /// Time to live, seconds.
        ttl: i64,
    }
}

operation! {
    /// One reverse record.
    RetrievePtrRecord = "retrievePtrRecord", GET "/v1/dns/ptrs/{ipAddress}", Dns, Read, Quick -> PtrRecord;
    path {
        /// Address.
        ip_address: String,
    }
}

operation! {
    /// Changes a reverse record.
    UpdatePtrRecord = "updatePtrRecord", PUT "/v1/dns/ptrs/{ipAddress}", Dns, Idempotent, Quick -> Done;
    path {
        /// Address.
        ip_address: String,
    }
    require {
        /// The name it leads to.
        ptr: String,
    }
}

operation! {
    /// Deletes a reverse record; only for IPv6 (quirk 6).
    DeletePtrRecord = "deletePtrRecord", DELETE "/v1/dns/ptrs/{ipAddress}", Dns, Destructive, Quick -> Done;
    path {
        /// Address.
        ip_address: String,
    }
}

listing! {
    /// Lists the zones.
    RetrieveDnsZonesList = "retrieveDnsZonesList", "/v1/dns/zones", Dns -> DnsZone;
    query {
        /// Customer number.
        customer_id: String,
        /// Tenant.
        tenant_id: crate::api::instances::Tenant,
        /// Name.
        zone_name: String,
    }
}

operation! {
    /// Creates a zone.
    CreateDnsZone = "createDnsZone", POST "/v1/dns/zones", Dns, Once, Quick -> DnsZone;
    require {
        /// Its name.
        zone_name: String,
    }
}

operation! {
    /// One zone. What it answers is not documented (quirk 9), so it may be nothing.
    RetrieveDnsZone = "retrieveDnsZone", GET "/v1/dns/zones/{zoneName}", Dns, Read, Quick -> Option<DnsZone>;
    path {
        /// Its name.
        zone_name: String,
    }
}

operation! {
    /// Deletes a zone with all its records.
    DeleteDnsZone = "deleteDnsZone", DELETE "/v1/dns/zones/{zoneName}", Dns, Destructive, Quick -> Done;
    path {
        /// Its name.
        zone_name: String,
    }
}

listing! {
    /// Lists a zone's records.
    RetrieveDnsZoneRecordsList = "retrieveDnsZoneRecordsList", "/v1/dns/zones/{zoneName}/records", Dns -> DnsRecord;
    path {
        /// Zone.
        zone_name: String,
    }
    query {
        /// Searches name, type and data.
        search: String,
    }
}

operation! {
    /// Creates a record.
    CreateDnsZoneRecord = "createDnsZoneRecord", POST "/v1/dns/zones/{zoneName}/records", Dns, Once, Quick -> DnsRecord;
    path {
        /// Zone.
        zone_name: String,
    }
    require {
        /// Type.
        kind as "type": RecordType,
        /// Time to live, seconds.
        ttl: i64,
        /// Priority; 0 where the type has none.
        prio: i64,
        /// What it says.
        data: String,
    }
    body {
        /// Name; the zone's when left out.
        name: String,
        /// Port (SRV).
        port: i64,
        /// Weight (SRV).
        weight: i64,
        /// Flag (CAA).
        flag: i64,
        /// Tag (CAA).
        tag: String,
    }
}

operation! {
    /// Changes a record.
    UpdateDnsZoneRecord = "updateDnsZoneRecord", PATCH "/v1/dns/zones/{zoneName}/records/{recordId}", Dns, Idempotent,
        Quick -> DnsRecord;
    path {
        /// Zone.
        zone_name: String,
        /// Record id.
        record_id: i64,
    }
    require {
        /// Type.
        kind as "type": RecordType,
        /// Time to live, seconds.
        ttl: i64,
        /// Priority; 0 where the type has none.
        prio: i64,
        /// What it says.
        data: String,
    }
    body {
        /// Port (SRV).
        port: i64,
        /// Weight (SRV).
        weight: i64,
        /// Flag (CAA).
        flag: i64,
        /// Tag (CAA).
        tag: String,
    }
}

operation! {
    /// Deletes a record.
    DeleteDnsZoneRecord = "deleteDnsZoneRecord", DELETE "/v1/dns/zones/{zoneName}/records/{recordId}", Dns, Destructive,
        Quick -> Done;
    path {
        /// Zone.
        zone_name: String,
        /// Record id.
        record_id: i64,
    }
}

operation! {
    /// Deletes several records; says which are still there. The only DELETE with a body (quirk 3).
    BulkDeleteDnsZoneRecords = "bulkDeleteDnsZoneRecords", DELETE "/v1/dns/zones/{zoneName}/records/bulk", Dns,
        Destructive, External -> Page<BulkDeletion>;
    path {
        /// Zone.
        zone_name: String,
    }
    require {
        /// Record ids.
        record_ids: Vec<i64>,
    }
}
