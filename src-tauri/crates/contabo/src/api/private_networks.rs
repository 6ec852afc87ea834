//! Private networks. A server needs the private networking add-on to join one, and joining may need a reinstallation
//! (quirk 6; see [`crate::edits`]).

use crate::api::instances::{IpAddress, IpConfig};
use crate::argument::Csv;
use crate::lenient::Stamp;
use crate::reply::Done;

open_enum! {
    /// What a member still needs before it is connected.
    MemberStatus {
        Ok = "ok",
        Restart = "restart",
        Reinstall = "reinstall",
        ReinstallationFailed = "reinstallation failed",
        Installing = "installing",
    }
}

object! {
    /// Addresses within the private network.
    PrivateIpConfig
    rest {
        /// IPv4 addresses.
        v4: Vec<IpAddress>,
    }
}

object! {
    /// A server in a private network.
    Member
    key {
        /// Instance id.
        instance_id: i64,
    }
    rest {
        /// Customer's name for it.
        display_name: String,
        /// Provider's name for it.
        name: String,
        /// Product id.
        product_id: String,
        /// Its addresses here.
        private_ip_config: Option<PrivateIpConfig>,
        /// Its public addresses.
        ip_config: Option<IpConfig>,
        /// What it still needs.
        status: MemberStatus,
        /// What went wrong.
        error_message: String,
    }
}

object! {
    /// A private network. Contabo chooses the range.
    PrivateNetwork
    key {
        /// Private network id.
        private_network_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// Data center.
        data_center: String,
        /// Region slug.
        region: String,
        /// Region in words.
        region_name: String,
        /// Name.
        name: String,
        /// Description.
        description: String,
        /// Address range.
        cidr: String,
        /// Addresses left.
        available_ips: Option<i64>,
        /// When it was created.
        created_date: Option<Stamp>,
        /// The servers in it.
        instances: Vec<Member>,
    }
}

listing! {
    /// Lists the private networks.
    RetrievePrivateNetworkList = "retrievePrivateNetworkList", "/v1/private-networks", PrivateNetworks -> PrivateNetwork;
    query {
        /// Name.
        name: String,
        /// Servers in them.
        instance_ids: Csv<i64>,
        /// Region slug.
        region: String,
        /// Data center.
        data_center: String,
    }
}

operation! {
    /// Creates a private network. The provider would put it into the EU by itself, so the region cannot be left out here.
    CreatePrivateNetwork = "createPrivateNetwork", POST "/v1/private-networks", PrivateNetworks, Once, Quick
        -> PrivateNetwork;
    require {
        /// Name: letters, digits, colons, dashes, underscores, up to 255.
        name: String,
        /// Region slug.
        region: String,
    }
    body {
        /// Description, up to 255 characters.
        description: String,
    }
}

operation! {
    /// One private network.
    RetrievePrivateNetwork = "retrievePrivateNetwork", GET "/v1/private-networks/{privateNetworkId}", PrivateNetworks,
        Read, Quick -> PrivateNetwork;
    path {
        /// Private network id.
        private_network_id: i64,
    }
}

operation! {
    /// Changes a private network's name or description.
    PatchPrivateNetwork = "patchPrivateNetwork", PATCH "/v1/private-networks/{privateNetworkId}", PrivateNetworks,
        Idempotent, Quick -> PrivateNetwork;
    path {
        /// Private network id.
        private_network_id: i64,
    }
    body {
        /// Name.
        name: String,
        /// Description.
        description: String,
    }
}

operation! {
    /// Deletes a private network.
    DeletePrivateNetwork = "deletePrivateNetwork", DELETE "/v1/private-networks/{privateNetworkId}", PrivateNetworks,
        Destructive, External -> Done;
    path {
        /// Private network id.
        private_network_id: i64,
    }
}

operation! {
    /// Puts a server into a private network. What the server then needs is in its [`MemberStatus`].
    AssignInstancePrivateNetwork = "assignInstancePrivateNetwork",
        POST "/v1/private-networks/{privateNetworkId}/instances/{instanceId}", PrivateNetworks, Idempotent, External -> Done;
    path {
        /// Private network id.
        private_network_id: i64,
        /// Instance id.
        instance_id: i64,
    }
}

operation! {
    /// Takes a server out of a private network.
    UnassignInstancePrivateNetwork = "unassignInstancePrivateNetwork",
        DELETE "/v1/private-networks/{privateNetworkId}/instances/{instanceId}", PrivateNetworks, Idempotent, External
        -> Done;
    path {
        /// Private network id.
        private_network_id: i64,
        /// Instance id.
        instance_id: i64,
    }
}
