//! Instances: virtual servers. Creating one and adding to one costs money; reinstalling wipes the disk.

use jiff::Timestamp;

use crate::argument::{Csv, Empty};
use crate::lenient::{Quantity, Stamp};
use crate::secret::Secret;

open_enum! {
    /// What a server is doing. New servers pass through provisioning and installing (quirk 5).
    InstanceStatus {
        Provisioning = "provisioning",
        Uninstalled = "uninstalled",
        Running = "running",
        Stopped = "stopped",
        Error = "error",
        Installing = "installing",
        Unknown = "unknown",
        ManualProvisioning = "manual_provisioning",
        ProductNotAvailable = "product_not_available",
        VerificationRequired = "verification_required",
        Rescue = "rescue",
        PendingPayment = "pending_payment",
        Other = "other",
        ResetPassword = "reset_password",
    }
}

impl InstanceStatus {
    /// Whether the server will leave this state by itself, so that waiting makes sense.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Provisioning | Self::Installing | Self::ResetPassword)
    }
}

open_enum! {
    /// Regions a server can be ordered in.
    Region {
        Eu = "EU",
        UsCentral = "US-central",
        UsEast = "US-east",
        UsWest = "US-west",
        Sin = "SIN",
        Uk = "UK",
        Aus = "AUS",
        Jpn = "JPN",
        Ind = "IND",
    }
}

open_enum! {
    /// Kind of machine.
    ProductType {
        Hdd = "hdd",
        Ssd = "ssd",
        Vds = "vds",
        Nvme = "nvme",
    }
}

open_enum! {
    /// The user that is created at installation. On Linux `admin` uses sudo; Windows knows `admin` and `administrator`.
    DefaultUser {
        Root = "root",
        Admin = "admin",
        Administrator = "administrator",
    }
}

open_enum! {
    /// Contabo's two legal sides.
    Tenant {
        De = "DE",
        Int = "INT",
    }
}

open_enum! {
    /// Software that is licensed with the server, at a price.
    License {
        CPanel5 = "cPanel5",
        CPanel30 = "cPanel30",
        CPanel50 = "cPanel50",
        CPanel100 = "cPanel100",
        CPanel150 = "cPanel150",
        CPanel200 = "cPanel200",
        CPanel250 = "cPanel250",
        CPanel300 = "cPanel300",
        CPanel350 = "cPanel350",
        CPanel400 = "cPanel400",
        CPanel450 = "cPanel450",
        CPanel500 = "cPanel500",
        CPanel550 = "cPanel550",
        CPanel600 = "cPanel600",
        CPanel650 = "cPanel650",
        CPanel700 = "cPanel700",
        CPanel750 = "cPanel750",
        CPanel800 = "cPanel800",
        CPanel850 = "cPanel850",
        CPanel900 = "cPanel900",
        CPanel950 = "cPanel950",
        CPanel1000 = "cPanel1000",
        PleskAdmin = "PleskAdmin",
        PleskHost = "PleskHost",
        PleskPro = "PleskPro",
    }
}

object! {
    /// One IP address with its network.
    IpAddress
    rest {
        /// The address.
        ip: String,
        /// Prefix length.
        netmask_cidr: Option<i64>,
        /// Gateway.
        gateway: String,
    }
}

object! {
    /// The main addresses. Empty until the provider has assigned them (quirk 5).
    IpConfig
    rest {
        /// IPv4.
        v4: Option<IpAddress>,
        /// IPv6.
        v6: Option<IpAddress>,
    }
}

object! {
    /// One additional address.
    AdditionalIp
    rest {
        /// IPv4.
        v4: Option<IpAddress>,
    }
}

object! {
    /// An add-on that was bought with the server.
    AddOn
    rest {
        /// Add-on id.
        id: Option<i64>,
        /// How many.
        quantity: Option<i64>,
    }
}

object! {
    /// A server.
    Instance
    key {
        /// Instance id.
        instance_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: Tenant,
        /// Customer number.
        customer_id: String,
        /// Addresses beside the main ones.
        additional_ips: Vec<AdditionalIp>,
        /// The provider's name for it, e.g. `vmd12345`.
        name: String,
        /// The customer's name for it, up to 255 characters.
        display_name: String,
        /// Data center.
        data_center: String,
        /// Region slug.
        region: Region,
        /// Region in words.
        region_name: String,
        /// Product id, e.g. `V94`.
        product_id: String,
        /// Image id, a UUID.
        image_id: String,
        /// Main addresses.
        ip_config: Option<IpConfig>,
        /// MAC address.
        mac_address: String,
        /// Memory in MB.
        ram_mb: Option<Quantity>,
        /// CPU cores.
        cpu_cores: Option<i64>,
        /// Operating system.
        os_type: String,
        /// Disk in MB.
        disk_mb: Option<Quantity>,
        /// Ids of the SSH keys (secrets) it was installed with.
        ssh_keys: Vec<i64>,
        /// When it was created.
        created_date: Option<Stamp>,
        /// When its contract ends; the server lives until then.
        cancel_date: Option<Stamp>,
        /// What it is doing.
        status: InstanceStatus,
        /// Host id.
        v_host_id: Option<i64>,
        /// Host number.
        v_host_number: Option<i64>,
        /// Host name.
        v_host_name: String,
        /// What was bought with it.
        add_ons: Vec<AddOn>,
        /// What is wrong when the status is `error`.
        error_message: String,
        /// Kind of machine.
        product_type: ProductType,
        /// Product in words.
        product_name: String,
        /// User created at installation.
        default_user: DefaultUser,
        /// 1-click application id; the ids cannot be listed (quirk 7).
        application_id: String,
    }
}

object! {
    /// What an order answers.
    CreatedInstance
    key {
        /// Id of the new server.
        instance_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// When it was created.
        created_date: Option<Stamp>,
        /// Image id.
        image_id: String,
        /// Product id.
        product_id: String,
        /// Region slug.
        region: Region,
        /// What was bought with it.
        add_ons: Vec<AddOn>,
        /// Operating system.
        os_type: String,
        /// What it is doing, normally `provisioning`.
        status: InstanceStatus,
        /// Ids of its SSH keys.
        ssh_keys: Vec<i64>,
    }
}

object! {
    /// What a change or a reinstallation answers.
    ChangedInstance
    key {
        /// Instance id.
        instance_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// When the server was created.
        created_date: Option<Stamp>,
    }
}

object! {
    /// What a cancellation answers.
    CancelledInstance
    key {
        /// Instance id.
        instance_id: i64,
    }
    rest {
        /// Tenant.
        tenant_id: String,
        /// Customer number.
        customer_id: String,
        /// When the contract ends.
        cancel_date: Option<Stamp>,
    }
}

request_object! {
    /// An add-on by its id.
    AddOnOrder
    require {
        /// Add-on id.
        id: i64,
        /// How many.
        quantity: i64,
    }
}

request_object! {
    /// Additional disks, each written as size in TB and quantity.
    ExtraStorage
    optional {
        /// SSD disks.
        ssd: Vec<String>,
        /// NVMe disks.
        nvme: Vec<String>,
    }
}

request_object! {
    /// What to buy with a new server. Each costs money.
    AddOns
    optional {
        /// Private networking.
        private_networking: Empty,
        /// An additional IPv4 address.
        additional_ips: Empty,
        /// Automated backup.
        backup: Empty,
        /// Additional disks.
        extra_storage: ExtraStorage,
        /// Space for custom images.
        custom_image: Empty,
        /// Others by id.
        addons_ids: Vec<AddOnOrder>,
    }
}

listing! {
    /// Lists the servers.
    RetrieveInstancesList = "retrieveInstancesList", "/v1/compute/instances", Instances -> Instance;
    query {
        /// Provider's name.
        name: String,
        /// Customer's name.
        display_name: String,
        /// Data center.
        data_center: String,
        /// Region slug.
        region: Region,
        /// One id; deprecated at the provider.
        instance_id: i64,
        /// Ids.
        instance_ids: Csv<i64>,
        /// States. Several are documented by example and forbidden by the document's own enumeration (quirk 9).
        status: Csv<InstanceStatus>,
        /// Product ids.
        product_ids: Csv<String>,
        /// Ids of add-ons the servers have.
        add_on_ids: Csv<String>,
        /// Kinds of machine.
        product_types: Csv<ProductType>,
        /// Only servers that have addresses, or have none.
        ip_config: bool,
        /// Searches name, display name and addresses.
        search: String,
        /// Customer number.
        customer_id: String,
        /// Tenant.
        tenant_id: Tenant,
    }
}

operation! {
    /// Orders a server. Costs money from the first moment. The provider would fill in product, region, image and period
    /// by itself (quirk 4: two servers nobody had asked for), so none of them can be left out here.
    CreateInstance = "createInstance", POST "/v1/compute/instances", Instances, Billable, External -> CreatedInstance;
    require {
        /// Product id, e.g. `V94`.
        product_id: String,
        /// Region.
        region: Region,
        /// Image id, a UUID.
        image_id: String,
        /// Months of the first contract period: 1, 3, 6 or 12.
        period: i64,
    }
    body {
        /// Ids of SSH keys (secrets).
        ssh_keys: Vec<i64>,
        /// Id of a password (secret).
        root_password: i64,
        /// Cloud-init, plain text, not base64 (quirk 6).
        user_data: Secret,
        /// Licensed software.
        license: License,
        /// Customer's name for it, up to 255 characters.
        display_name: String,
        /// User to create.
        default_user: DefaultUser,
        /// What to buy with it.
        add_ons: AddOns,
        /// 1-click application.
        application_id: String,
    }
    refuse |order| (![1, 3, 6, 12].contains(&order.period)).then_some("period must be 1, 3, 6 or 12 months");
}

operation! {
    /// One server.
    RetrieveInstance = "retrieveInstance", GET "/v1/compute/instances/{instanceId}", Instances, Read, Quick -> Instance;
    path {
        /// Instance id.
        instance_id: i64,
    }
}

operation! {
    /// Reinstalls a server: its disk is erased, its address stays (quirk 5). Cloud-init is not remembered from the last
    /// time (quirk 6).
    ReinstallInstance = "reinstallInstance", PUT "/v1/compute/instances/{instanceId}", Instances, Destructive, External
        -> ChangedInstance;
    path {
        /// Instance id.
        instance_id: i64,
    }
    require {
        /// Image id, a UUID.
        image_id: String,
    }
    body {
        /// Ids of SSH keys (secrets).
        ssh_keys: Vec<i64>,
        /// Id of a password (secret).
        root_password: i64,
        /// Cloud-init, plain text.
        user_data: Secret,
        /// User to create.
        default_user: DefaultUser,
        /// 1-click application.
        application_id: String,
    }
}

operation! {
    /// Changes a server's display name.
    PatchInstance = "patchInstance", PATCH "/v1/compute/instances/{instanceId}", Instances, Idempotent, Quick
        -> ChangedInstance;
    path {
        /// Instance id.
        instance_id: i64,
    }
    body {
        /// Customer's name for it, up to 255 characters.
        display_name: String,
    }
}

operation! {
    /// Ends a server's contract. It lives until then; the API cannot take this back (quirk 7).
    CancelInstance = "cancelInstance", POST "/v1/compute/instances/{instanceId}/cancel", Instances, Destructive, External
        -> CancelledInstance;
    path {
        /// Instance id.
        instance_id: i64,
    }
    body {
        /// When; the earliest possible date is not documented.
        cancel_date: Timestamp,
    }
}

operation! {
    /// Buys private networking or backup for a server that is there. 409 when it has it already (quirk 4).
    UpgradeInstance = "upgradeInstance", POST "/v1/compute/instances/{instanceId}/upgrade", Instances, Billable, External
        -> ChangedInstance;
    path {
        /// Instance id.
        instance_id: i64,
    }
    body {
        /// Private networking.
        private_networking: Empty,
        /// Automated backup.
        backup: Empty,
    }
    refuse |order| (order.private_networking.is_none() && order.backup.is_none()).then_some("names nothing to buy");
}
