//! One story that calls each of the 145 operations at least once, in an order in which each of them makes sense.
//!
//! Arguments are texts, as a command line has them; `$name` stands for what an earlier step learned.

/// One call of the story.
pub(crate) struct Step {
    /// `operationId`.
    pub(crate) operation: &'static str,
    /// Parameters by name.
    pub(crate) given: &'static [(&'static str, &'static str)],
    /// Names of ids that its answer brings; an audit row of the call brings them too.
    pub(crate) learns: &'static [&'static str],
    /// What is looked up in its answer, as JSON pointers.
    pub(crate) finds: &'static [(&'static str, &'static str)],
    /// Seconds of the provider's time until what it set going has come to rest.
    pub(crate) rest: i64,
}

impl Step {
    const fn learns(mut self, names: &'static [&'static str]) -> Self {
        self.learns = names;
        self
    }

    const fn finds(mut self, pointers: &'static [(&'static str, &'static str)]) -> Self {
        self.finds = pointers;
        self
    }

    const fn rests(mut self, seconds: i64) -> Self {
        self.rest = seconds;
        self
    }
}

const fn call(operation: &'static str, given: &'static [(&'static str, &'static str)]) -> Step {
    Step { operation, given, learns: &[], finds: &[], rest: 0 }
}

const ME: (&str, &str) = ("instanceId", "$instanceId");
const SNAPSHOT: (&str, &str) = ("snapshotId", "$snapshotId");
const IMAGE: (&str, &str) = ("imageId", "$imageId");
const NETWORK: (&str, &str) = ("privateNetworkId", "$privateNetworkId");
const FIREWALL: (&str, &str) = ("firewallId", "$firewallId");
const STORAGE: (&str, &str) = ("objectStorageId", "$objectStorageId");
const ZONE: (&str, &str) = ("zoneName", "storydesk.com");
const DOMAIN: (&str, &str) = ("domain", "storydesk.com");
const TARGET: [(&str, &str); 2] = [("objectType", "vserver"), ("objectId", "$instanceId")];

/// The whole story.
pub(crate) fn story() -> impl Iterator<Item = Step> {
    let parts = [secrets(), machine(), snapshots(), images(), networks(), storages(), tags(), people()];
    parts.into_iter().chain([names(), domains(), checks(), audits(), farewell()]).flatten()
}

fn secrets() -> Vec<Step> {
    vec![
        call("createSecret", &[("name", "root of the story"), ("value", "PwdA?2092w#"), ("type", "password")])
            .learns(&["secretId"]),
        call("retrieveSecretList", &[("name", "root"), ("type", "password")]),
        call("retrieveSecret", &[("secretId", "$secretId")]),
        call("updateSecret", &[("secretId", "$secretId"), ("name", "root of the machine")]),
    ]
}

fn machine() -> Vec<Step> {
    const FIRST: &str = "d64d5c6c-9dda-4e38-8174-0ee282474d8a";
    const SECOND: &str = "3b8e1f0a-6c1d-4a52-9f7b-2d9d1c7a5e10";
    vec![
        call("retrieveDataCenterList", &[]),
        call("retrieveImageList", &[("standardImage", "true"), ("size", "100")]),
        call(
            "createInstance",
            &[
                ("productId", "V94"),
                ("region", "EU"),
                ("imageId", FIRST),
                ("period", "1"),
                ("rootPassword", "$secretId"),
                ("displayName", "story"),
                ("userData", "#cloud-config\npackages: [nginx]\n"),
                ("addOns", r#"{"customImage":{}}"#),
            ],
        )
        .learns(&["instanceId"])
        .rests(240),
        call("retrieveInstancesList", &[("search", "story"), ("orderBy", "name:asc")]),
        call("retrieveInstance", &[ME]).finds(&[("ipv4", "/ipConfig/v4/ip"), ("ipv6", "/ipConfig/v6/ip")]),
        call("patchInstance", &[ME, ("displayName", "story 2")]),
        call("upgradeInstance", &[ME, ("privateNetworking", "{}")]).rests(10),
        call("reinstallInstance", &[ME, ("imageId", SECOND), ("rootPassword", "$secretId")]).rests(240),
        call("restart", &[ME]).rests(20),
        call("stop", &[ME]).rests(20),
        call("start", &[ME]).rests(20),
        call("shutdown", &[ME]).rests(20),
        call("start", &[ME]).rests(20),
        call("rescue", &[ME, ("rootPassword", "$secretId")]).rests(60),
        call("restart", &[ME]).rests(30),
        call("resetPasswordAction", &[ME, ("rootPassword", "$secretId")]).rests(60),
    ]
}

fn snapshots() -> Vec<Step> {
    vec![
        call("createSnapshot", &[ME, ("name", "before"), ("description", "before the update")])
            .learns(&["snapshotId"])
            .rests(10),
        call("retrieveSnapshotList", &[ME]),
        call("retrieveSnapshot", &[ME, SNAPSHOT]),
        call("updateSnapshot", &[ME, SNAPSHOT, ("name", "before it")]),
        call("rollbackSnapshot", &[ME, SNAPSHOT]).rests(90),
        call("deleteSnapshot", &[ME, SNAPSHOT]).rests(10),
    ]
}

fn images() -> Vec<Step> {
    vec![
        call(
            "createCustomImage",
            &[
                ("name", "own"),
                ("url", "https://images.example/own.qcow2"),
                ("osType", "Linux"),
                ("version", "1"),
                ("description", "ours"),
            ],
        )
        .learns(&["imageId"])
        .rests(180),
        call("retrieveCustomImagesStats", &[]),
        call("retrieveImage", &[IMAGE]),
        call("updateImage", &[IMAGE, ("name", "own 2")]),
        call("deleteImage", &[IMAGE]),
    ]
}

const RULES: &str = r#"{"inbound":[{"protocol":"tcp","destPorts":["80","443"],"action":"accept","status":"active",
    "srcCidr":{"ipv4":["192.0.2.0/24"],"ipv6":[]}}]}"#;

fn networks() -> Vec<Step> {
    vec![
        call("createPrivateNetwork", &[("name", "story net"), ("region", "EU")]).learns(&["privateNetworkId"]),
        call("retrievePrivateNetworkList", &[("name", "story")]),
        call("retrievePrivateNetwork", &[NETWORK]),
        call("patchPrivateNetwork", &[NETWORK, ("description", "of the story")]),
        call("assignInstancePrivateNetwork", &[NETWORK, ME]).rests(10),
        call("retrievePrivateNetwork", &[NETWORK]),
        call("unassignInstancePrivateNetwork", &[NETWORK, ME]).rests(10),
        call("deletePrivateNetwork", &[NETWORK]),
        call("createFirewall", &[("name", "story wall"), ("status", "active"), ("rules", RULES)])
            .learns(&["firewallId"]),
        call("retrieveFirewallList", &[("name", "story")]),
        call("retrievePresetRules", &[]),
        call("assignInstanceFirewall", &[FIREWALL, ME]).rests(15),
        call("retrieveFirewall", &[FIREWALL]),
        call("putFirewall", &[FIREWALL, ("rules", RULES)]).rests(15),
        call("patchFirewall", &[FIREWALL, ("description", "the front door")]),
        call("unassignInstanceFirewall", &[FIREWALL, ME]).rests(15),
        call("deleteFirewall", &[FIREWALL]),
        call("retrieveVipList", &[("type", "floating"), ("resourceType", "null")]).finds(&[("vip", "/data/0/v4/ip")]),
        call("assignIp", &[("ip", "$vip"), ("resourceType", "instances"), ("resourceId", "$instanceId")]),
        call("retrieveVip", &[("ip", "$vip")]),
        call("unassignIp", &[("ip", "$vip"), ("resourceType", "instances"), ("resourceId", "$instanceId")]),
    ]
}

fn storages() -> Vec<Step> {
    const USER: (&str, &str) = ("userId", "$owner");
    const PAIR: (&str, &str) = ("credentialId", "$credentialId");
    vec![
        call(
            "createObjectStorage",
            &[
                ("region", "$freeRegion"),
                ("totalPurchasedSpaceTB", "0.25"),
                ("displayName", "story shelf"),
                ("autoScaling", r#"{"state":"enabled","sizeLimitTB":1}"#),
            ],
        )
        .learns(&["objectStorageId"])
        .rests(60),
        call("retrieveObjectStorageList", &[("size", "50")]),
        call("retrieveObjectStorage", &[STORAGE]),
        call("updateObjectStorage", &[STORAGE, ("displayName", "story shelf 2")]),
        call("upgradeObjectStorage", &[STORAGE, ("totalPurchasedSpaceTB", "0.5")]).rests(60),
        call("retrieveObjectStoragesStats", &[STORAGE]),
        call("listObjectStorageCredentials", &[USER, STORAGE]).finds(&[("credentialId", "/data/0/credentialId")]),
        call("getObjectStorageCredentials", &[USER, STORAGE, PAIR]),
        call("regenerateObjectStorageCredentials", &[USER, STORAGE, PAIR]),
        call("CancelObjectStorage", &[STORAGE]),
    ]
}

fn tags() -> Vec<Step> {
    const ON: [(&str, &str); 3] = [("tagId", "$tagId"), ("resourceType", "instance"), ("resourceId", "$instanceId")];
    vec![
        call("createTag", &[("name", "story:gold"), ("color", "#FFD700")]).learns(&["tagId"]),
        call("retrieveTagList", &[("name", "story")]),
        call("retrieveTag", &[("tagId", "$tagId")]),
        call("updateTag", &[("tagId", "$tagId"), ("color", "#000000")]),
        call("createAssignment", &ON),
        call("retrieveAssignmentList", &[("tagId", "$tagId")]),
        call("retrieveAssignment", &ON),
        call("deleteAssignment", &ON),
        call("deleteTag", &[("tagId", "$tagId")]),
    ]
}

fn people() -> Vec<Step> {
    const ROLE: [(&str, &str); 4] = [
        ("name", "story role"),
        ("admin", "false"),
        ("accessAllResources", "true"),
        ("permissions", r#"[{"apiName":"/v1/compute/instances","actions":["READ"]}]"#),
    ];
    const CHANGED: [(&str, &str); 5] = [ROLE[0], ROLE[1], ROLE[2], ROLE[3], ("roleId", "$roleId")];
    const USER: (&str, &str) = ("userId", "$userId");
    vec![
        call("retrieveApiPermissionsList", &[]),
        call("createRole", &ROLE).learns(&["roleId"]),
        call("retrieveRoleList", &[("name", "story")]),
        call("retrieveRole", &[("roleId", "$roleId")]),
        call("updateRole", &CHANGED),
        call(
            "createUser",
            &[
                ("email", "lee@story.example"),
                ("firstName", "Lee"),
                ("lastName", "Story"),
                ("enabled", "true"),
                ("totp", "false"),
                ("locale", "en"),
                ("roles", "[$roleId]"),
            ],
        )
        .learns(&["userId"])
        .rests(10),
        call("retrieveUserList", &[("email", "lee")]),
        call("retrieveUser", &[USER]),
        call("retrieveUserIsPasswordSet", &[USER]),
        call("retrieveUserClient", &[]),
        call("updateUser", &[USER, ("locale", "de")]),
        call("resendEmailVerification", &[USER]),
        call("resetPassword", &[USER]),
        call("deleteUser", &[USER]),
        call("deleteRole", &[("roleId", "$roleId")]),
    ]
}

fn names() -> Vec<Step> {
    const RECORD: (&str, &str) = ("recordId", "$recordId");
    vec![
        call("retrievePtrRecordsList", &[("size", "10")]),
        call("retrievePtrRecord", &[("ipAddress", "$ipv4")]),
        call("updatePtrRecord", &[("ipAddress", "$ipv4"), ("ptr", "a.storydesk.com")]),
        call("createPtrRecord", &[("ip", "$ipv6"), ("ptr", "b.storydesk.com"), ("ttl", "3600")]),
        call("deletePtrRecord", &[("ipAddress", "$ipv6")]),
        call("createDnsZone", &[ZONE]),
        call("retrieveDnsZonesList", &[]),
        call("retrieveDnsZone", &[ZONE]),
        call(
            "createDnsZoneRecord",
            &[ZONE, ("type", "MX"), ("ttl", "3600"), ("prio", "10"), ("data", "mail.storydesk.com")],
        )
        .learns(&["recordId"]),
        call("retrieveDnsZoneRecordsList", &[ZONE]),
        call(
            "updateDnsZoneRecord",
            &[ZONE, RECORD, ("type", "MX"), ("ttl", "60"), ("prio", "20"), ("data", "mx.storydesk.com")],
        ),
        call("deleteDnsZoneRecord", &[ZONE, RECORD]),
        call("createDnsZoneRecord", &[ZONE, ("type", "A"), ("ttl", "3600"), ("prio", "0"), ("data", "192.0.2.1")])
            .learns(&["recordId"]),
        call("bulkDeleteDnsZoneRecords", &[ZONE, ("recordIds", "[$recordId]")]),
        call("deleteDnsZone", &[ZONE]),
    ]
}

fn domains() -> Vec<Step> {
    const PERSON: [(&str, &str); 7] = [
        ("handleType", "person"),
        ("firstName", "Dana"),
        ("lastName", "Okafor"),
        ("email", "dana@storydesk.com"),
        ("gender", "na"),
        ("address", r#"{"street":"Way","streetNumber":"1","city":"Leeds","country":"GB","zipCode":"LS1"}"#),
        ("phone", r#"{"prefix":"+44","number":"1130000000"}"#),
    ];
    const CHANGED: [(&str, &str); 5] =
        [("handleId", "$handleId"), ("email", "new@storydesk.com"), PERSON[4], PERSON[5], PERSON[6]];
    const CONTACTS: &str = r#"{"owner":"$default","admin":"$default","tech":"$default","zone":"$default"}"#;
    const SERVERS: &str = r#"[{"hostname":["ns1.contabo.net"]}]"#;
    vec![
        call("createHandle", &PERSON).learns(&["handleId"]),
        call("listHandles", &[("search", "okafor")]),
        call("listHandles", &[("showDefaults", "true")]).finds(&[("default", "/data/0/handleId")]),
        call("retrieveHandle", &[("handleId", "$handleId")]),
        call("updateHandle", &CHANGED),
        call("validateDomainAvailability", &[DOMAIN]),
        call("orderDomain", &[DOMAIN, ("handles", CONTACTS), ("nameservers", SERVERS)]).rests(60),
        call("listDomains", &[("size", "50")]),
        call("retrieveDomain", &[DOMAIN]),
        call("updateDomain", &[DOMAIN, ("nameservers", r#"[{"hostname":["ns2.contabo.net"]}]"#)]).rests(60),
        call("getAuthCode", &[DOMAIN]),
        call("cancelDomain", &[DOMAIN, ("reason", "Other")]),
        call("revokeCancelDomain", &[DOMAIN]),
        call("listDomains", &[("status", "transferring out")])
            .finds(&[("leaving", "/data/0/domain"), ("staying", "/data/1/domain")]),
        call("confirmDomainTransferOut", &[("domain", "$leaving")]),
        call("revokeDomainTransferOut", &[("domain", "$staying")]),
        call("setDefaultHandle", &[("handleId", "$handleId")]),
        call("createHandle", &PERSON).learns(&["handleId"]),
        call("removeHandle", &[("handleId", "$handleId")]),
    ]
}

fn checks() -> Vec<Step> {
    const CHECK: [(&str, &str); 3] = [TARGET[0], TARGET[1], ("checkTemplateId", "1")];
    const COLLECTION: [(&str, &str); 3] = [TARGET[0], TARGET[1], ("checkCollectionTemplateId", "1")];
    const REMEDY: [(&str, &str); 3] = [TARGET[0], TARGET[1], ("remedyTemplateId", "1")];
    const STOP: (&str, &str) = ("status", "cancelled");
    vec![
        call("startExtCheck", &CHECK).learns(&["checkId"]),
        call("listExtChecks", &[]),
        call("getExtCheck", &[("checkId", "$checkId")]),
        call("cancelExtCheck", &[("checkId", "$checkId"), STOP]),
        call("startExtCheckCollection", &COLLECTION).learns(&["checkCollectionId"]),
        call("listExtCheckCollections", &[]),
        call("getExtCheckCollection", &[("checkCollectionId", "$checkCollectionId")]),
        call("cancelExtCheckCollection", &[("checkCollectionId", "$checkCollectionId"), STOP]),
        call("startExtRemedy", &REMEDY).learns(&["remedyId"]),
        call("listExtRemedies", &[]),
        call("getExtRemedy", &[("remedyId", "$remedyId")]),
        call("cancelExtRemedy", &[("remedyId", "$remedyId"), STOP]),
    ]
}

fn audits() -> Vec<Step> {
    let since: &[(&str, &str)] = &[("size", "100"), ("startDate", "2020-01-01")];
    [
        "retrieveImageAuditsList",
        "retrieveInstancesActionsAuditsList",
        "retrieveInstancesAuditsList",
        "retrieveSnapshotsAuditsList",
        "retrieveRecordAuditsList",
        "retrieveDnsAuditsList",
        "retrieveDomainsAuditsList",
        "retrieveHandlesAuditsList",
        "retrieveFirewallAuditsList",
        "retrieveObjectStorageAuditsList",
        "retrievePrivateNetworkAuditsList",
        "retrieveRoleAuditsList",
        "retrieveSecretAuditsList",
        "retrieveAssignmentsAuditsList",
        "retrieveTagAuditsList",
        "retrieveUserAuditsList",
        "retrieveVipAuditsList",
    ]
    .into_iter()
    .map(|list| call(list, since))
    .collect()
}

fn farewell() -> Vec<Step> {
    vec![
        call("cancelInstance", &[ME]),
        call("deleteSecret", &[("secretId", "$secretId")]),
        // Last of all: from here on the client's own secret is the old one.
        call("generateClientSecret", &[]),
    ]
}
