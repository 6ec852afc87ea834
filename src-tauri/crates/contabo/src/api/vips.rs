//! VIPs: additional and floating addresses. Assigning one is bookkeeping; the operating system has to be configured
//! (quirk 6).

use crate::argument::Csv;
use crate::reply::Done;

open_enum! {
    /// What an address can be assigned to. The list answers the word `null` for nothing (quirk 9).
    VipResource {
        Instances = "instances",
        BareMetal = "bare-metal",
        Nothing = "null",
    }
}

open_enum! {
    /// Version of the address.
    IpVersion {
        V4 = "v4",
    }
}

open_enum! {
    /// Kind of the address.
    VipType {
        Additional = "additional",
        Floating = "floating",
    }
}

object! {
    /// The address and its network.
    VipAddress
    rest {
        /// The address.
        ip: String,
        /// Gateway.
        gateway: String,
        /// Prefix length.
        netmask_cidr: Option<i64>,
        /// Broadcast address.
        broadcast: String,
        /// Network address.
        net: String,
    }
}

object! {
    /// A VIP.
    Vip
    key {
        /// VIP id, a UUID.
        vip_id: String,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Data center.
        data_center: String,
        /// Region.
        region: String,
        /// What it is assigned to; empty for nothing.
        resource_id: String,
        /// Type of that.
        resource_type: Option<VipResource>,
        /// Provider's name of that.
        resource_name: String,
        /// Customer's name of that.
        resource_display_name: String,
        /// Version.
        ip_version: IpVersion,
        /// Kind.
        kind as "type": VipType,
        /// The address.
        v4: Option<VipAddress>,
    }
}

listing! {
    /// Lists the VIPs.
    RetrieveVipList = "retrieveVipList", "/v1/vips", Vips -> Vip;
    query {
        /// Id of what they are assigned to.
        resource_id: String,
        /// Type of what they are assigned to.
        resource_type: VipResource,
        /// Provider's name of that.
        resource_name: String,
        /// Customer's name of that.
        resource_display_name: String,
        /// Version.
        ip_version: IpVersion,
        /// Addresses.
        ips: Csv<String>,
        /// One address.
        ip: String,
        /// Kind.
        kind as "type": VipType,
        /// Data center.
        data_center: String,
        /// Region.
        region: String,
    }
}

operation! {
    /// One VIP by its address.
    RetrieveVip = "retrieveVip", GET "/v1/vips/{ip}", Vips, Read, Quick -> Vip;
    path {
        /// The address.
        ip: String,
    }
}

operation! {
    /// Assigns an address to a machine.
    AssignIp = "assignIp", POST "/v1/vips/{ip}/{resourceType}/{resourceId}", Vips, Idempotent, Quick -> Vip;
    path {
        /// The address.
        ip: String,
        /// Type of the machine.
        resource_type: VipResource,
        /// Id of the machine.
        resource_id: i64,
    }
}

operation! {
    /// Takes an address off a machine.
    UnassignIp = "unassignIp", DELETE "/v1/vips/{ip}/{resourceType}/{resourceId}", Vips, Idempotent, Quick -> Done;
    path {
        /// The address.
        ip: String,
        /// Type of the machine.
        resource_type: VipResource,
        /// Id of the machine.
        resource_id: i64,
    }
}
