//! Data centers: where a server or an object storage can be.

open_enum! {
    /// What a data center offers.
    Capability {
        Vps = "VPS",
        Vds = "VDS",
        ObjectStorage = "Object-Storage",
        PrivateNetworking = "Private-Networking",
    }
}

object! {
    /// A data center.
    DataCenter
    key {
        /// Short name, unique.
        slug: String,
    }
    rest {
        /// Name.
        name: String,
        /// What it offers.
        capabilities: Vec<Capability>,
        /// S3 endpoint.
        s3_url: String,
        /// Region in words.
        region_name: String,
        /// Region as orders name it.
        region_slug: String,
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
    }
}

listing! {
    /// Lists the data centers.
    RetrieveDataCenterList = "retrieveDataCenterList", "/v1/data-centers", DataCenters -> DataCenter;
    query {
        /// Short name.
        slug: String,
        /// Name.
        name: String,
        /// Region in words.
        region_name: String,
        /// Region as orders name it.
        region_slug: String,
    }
}
