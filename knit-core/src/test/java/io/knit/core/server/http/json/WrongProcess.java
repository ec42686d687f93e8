package io.knit.core.server.http.json;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The part of {@link BadInputTest}'s table that is about a container's process and what is around it. */
final class WrongProcess {
    private static final String INVALID = "invalid_value";

    private WrongProcess() {}

    static Stream<Arguments> rows() {
        return Stream.of(process(), isolation(), scratch(), network(), log()).flatMap(part -> part);
    }

    private static Stream<Arguments> process() {
        return Stream.of(
                WrongFields.row("'entrypoint':'/run'", "wrong_type", "/entrypoint", "give a list"),
                WrongFields.row("'entrypoint':['a\\u0000']", INVALID, "/entrypoint/0", "NUL"),
                WrongFields.row("'user':1000", "wrong_type", "/user", "quote it"),
                WrongFields.row("'user':'a b'", INVALID, "/user", "is no user; give a name or number"),
                WrongFields.row("'user':'app:'", INVALID, "/user", "perhaps with a group"),
                WrongFields.row("'group_add':['a:b']", INVALID, "/group_add/0", "is no group"),
                WrongFields.row("'group_add':['44','44']", INVALID, "/group_add/1", "is given twice"),
                WrongFields.row("'workdir':'srv'", INVALID, "/workdir", "is not absolute; start it with /"),
                WrongFields.row("'workdir':'/a\\nb'", INVALID, "/workdir", "without control characters"),
                WrongFields.row("'tty':'yes'", "wrong_type", "/tty", "remove the quotes"),
                WrongFields.row("'stdin':1", "wrong_type", "/stdin", "true or false"),
                WrongFields.row("'platform':'linux/x86_64'", INVALID, "/platform", "did you mean linux/amd64?"),
                WrongFields.row("'platform':'arm64'", INVALID, "/platform", "did you mean linux/arm64?"),
                WrongFields.row("'platform':'linux/armv7l'", INVALID, "/platform", "did you mean linux/arm/v7?"),
                WrongFields.row("'platform':'linux/arm64/v7'", INVALID, "/platform", "did you mean linux/arm64?"),
                WrongFields.row("'platform':'linux/arm/7'", INVALID, "/platform", "did you mean linux/arm/v7?"),
                WrongFields.row("'platform':'Linux/AMD64'", INVALID, "/platform", "did you mean linux/amd64?"),
                WrongFields.row("'platform':'linux'", INVALID, "/platform", "give os/arch or os/arch/variant"),
                WrongFields.row("'platform':'linux/vax'", INVALID, "/platform", "give os/arch or os/arch/variant"),
                WrongFields.row("'platform':{'os':'linux'}", "wrong_type", "/platform", "give a string"),
                WrongFields.row(
                        "'sidecars':[{'name':'a','image':'b','platform':'linux/aarch64'}]",
                        INVALID,
                        "/sidecars/0/platform",
                        "did you mean linux/arm64?"),
                WrongFields.row(
                        "'init_containers':[{'name':'a','image':'b','platform':'linux/i386'}]",
                        INVALID,
                        "/init_containers/0/platform",
                        "did you mean linux/386?"),
                WrongFields.row("'ulimits':{'files':'1'}", INVALID, "/ulimits/files", "one such as nofile"),
                WrongFields.row("'ulimits':{'nofile':1024}", "wrong_type", "/ulimits/nofile", "quote it"),
                WrongFields.row("'ulimits':{'nofile':'many'}", INVALID, "/ulimits/nofile", "or two as '1024:2048'"),
                WrongFields.row("'ulimits':{'nofile':'9:8'}", INVALID, "/ulimits/nofile", "the smaller number first"));
    }

    private static Stream<Arguments> isolation() {
        return Stream.of(
                WrongFields.row("'privileged':'true'", "wrong_type", "/privileged", "remove the quotes"),
                WrongFields.row("'cap_add':['SYS_ADMN']", INVALID, "/cap_add/0", "did you mean 'SYS_ADMIN'?"),
                WrongFields.row(
                        "'cap_add':['NET_RAW'],'cap_drop':['CAP_NET_RAW']",
                        INVALID,
                        "/cap_drop/0",
                        "is in cap_add, too"),
                WrongFields.row("'security_opt':['seccomp=/x.json']", INVALID, "/security_opt/0", "seccomp=unconfined"),
                WrongFields.row(
                        "'security_opt':['no-new-privileges:false']",
                        INVALID,
                        "/security_opt/0",
                        "give no_new_privileges: false"),
                WrongFields.row("'devices':['/etc/passwd']", INVALID, "/devices/0", "its path below /dev"),
                WrongFields.row("'devices':['/dev/../etc/passwd']", INVALID, "/devices/0", "its path below /dev"),
                WrongFields.row("'devices':['/dev/kvm:']", INVALID, "/devices/0", "its path below /dev"),
                WrongFields.row("'cap_drop':['NET_RWA']", INVALID, "/cap_drop/0", "did you mean 'NET_RAW'?"),
                WrongFields.row("'cap_drop':['net_raw']", INVALID, "/cap_drop/0", "did you mean 'NET_RAW'?"),
                WrongFields.row("'cap_drop':['CAP_EVERYTHING']", INVALID, "/cap_drop/0", "capabilities(7)"),
                WrongFields.row(
                        "'sysctls':{'vm.max_map_count':'262144'}",
                        INVALID,
                        "/sysctls/vm.max_map_count",
                        "or no setting; a container has net.*"),
                WrongFields.row("'pid':'container:db'", INVALID, "/pid", "give host, or leave it out for its own"),
                WrongFields.row("'pid':true", "wrong_type", "/pid", "quote it"),
                WrongFields.row("'ipc':'shareable'", INVALID, "/ipc", "give host, or leave it out for its own"),
                WrongFields.row(
                        "'ipc':'host','sysctls':{'kernel.shmmni':'9','net.core.somaxconn':'9'}",
                        INVALID,
                        "/sysctls/kernel.shmmni",
                        "with ipc host; set it there"),
                WrongFields.row("'ipc':'host','shm_size':'1GiB'", INVALID, "/shm_size", "with ipc host /dev/shm is"),
                WrongFields.row("'sysctls':{'kernel.shmmin':'1'}", INVALID, "/sysctls/kernel.shmmin", "no setting"),
                WrongFields.row("'sysctls':{'net.core.somaxconn':''}", INVALID, "/sysctls/net.core.somaxconn", "empty"),
                WrongFields.row(
                        "'sysctls':{'net.core.somaxconn':1024}",
                        "wrong_type",
                        "/sysctls/net.core.somaxconn",
                        "quote it"));
    }

    private static Stream<Arguments> scratch() {
        return Stream.of(
                WrongFields.row("'read_only':1", "wrong_type", "/read_only", "give true or false"),
                WrongFields.row("'tmpfs':'/run'", "wrong_type", "/tmpfs", "give a list"),
                WrongFields.row("'tmpfs':['run']", INVALID, "/tmpfs/0", "is not absolute"),
                WrongFields.row("'tmpfs':['/run:size=much']", INVALID, "/tmpfs/0", "give size=64m"),
                WrongFields.row("'tmpfs':['/run:suid']", INVALID, "/tmpfs/0", "nr_inodes=, exec, noexec"),
                WrongFields.row(
                        "'tmpfs':['/run','/run:ro']", "duplicate_value", "/tmpfs/1", "mounted at '/run' already"),
                WrongFields.row(
                        "'tmpfs':['/a'],'templates':[{'destination':'/a','content':'x'}]",
                        "duplicate_value",
                        "/tmpfs/0",
                        "leave one out"),
                WrongFields.row("'shm_size':'128m'", INVALID, "/shm_size", "did you mean '128MiB'?"),
                WrongFields.row("'shm_size':1024", INVALID, "/shm_size", "64KiB to 1TiB"));
    }

    private static Stream<Arguments> network() {
        return Stream.of(
                WrongFields.row("'network':'hots'", INVALID, "/network", "give bridge, host or none"),
                WrongFields.row(
                        "'network':'host','ports':[{'container_port':80}]",
                        INVALID,
                        "/ports/0/host_port",
                        "give its 80"),
                WrongFields.row(
                        "'network':'none','ports':[{'container_port':80}]",
                        INVALID,
                        "/ports/0",
                        "nothing is published"),
                WrongFields.row(
                        "'network':'none','expose':[{'container_port':80}]",
                        INVALID,
                        "/expose",
                        "nothing is published"),
                WrongFields.row(
                        "'network':'host','expose':[{'container_port':80}]", INVALID, "/expose", "name it in ports"),
                WrongFields.row(
                        "'ports':[{'container_port':80,'relay':'yes'}]",
                        "wrong_type",
                        "/ports/0/relay",
                        "remove the quotes"),
                WrongFields.row(
                        "'ports':[{'container_port':80,'relay':true,'proxy_protocol':1}]",
                        "wrong_type",
                        "/ports/0/proxy_protocol",
                        "true or false"),
                WrongFields.row(
                        "'ports':[{'container_port':80,'proxy_protocol':true}]",
                        INVALID,
                        "/ports/0/proxy_protocol",
                        "give relay: true"),
                WrongFields.row(
                        "'ports':[{'container_port':53,'protocol':'udp','relay':true}]",
                        INVALID,
                        "/ports/0/relay",
                        "udp has none of"),
                WrongFields.row(
                        "'ports':[{'container_port':80,'host_ip':'0::0','relay':true}]",
                        INVALID,
                        "/ports/0/relay",
                        "all IPv4 addresses, too"),
                WrongFields.row(
                        "'network':'host','ports':[{'container_port':80,'host_port':80,'relay':true}]",
                        INVALID,
                        "/ports/0/relay",
                        "with network host"),
                WrongFields.row("'expose':[5432]", "wrong_type", "/expose/0", "give an object"),
                WrongFields.row("'expose':[{}]", "missing_field", "/expose/0/container_port", "is missing"),
                WrongFields.row(
                        "'expose':[{'container_port':70000}]", INVALID, "/expose/0/container_port", "1 to 65535"),
                WrongFields.row(
                        "'expose':[{'container_port':80,'host_port':-1}]",
                        INVALID,
                        "/expose/0/host_port",
                        "or leave it out for the container"),
                WrongFields.row(
                        "'expose':[{'container_port':80,'protocol':'sctp'}]",
                        INVALID,
                        "/expose/0/protocol",
                        "give one of tcp, udp"),
                WrongFields.row(
                        "'expose':[{'container_port':80,'host_ip':'0.0.0.0'}]",
                        "unknown_field",
                        "/expose/0/host_ip",
                        "host_ip"),
                WrongFields.row(
                        "'expose':[{'container_port':80}],'ports':[{'host_ip':'0.0.0.0','host_port':80,'container_port':81}]",
                        "duplicate_value",
                        "/expose/0",
                        "host port 80/tcp is published on the mesh address already"),
                WrongFields.row(
                        "'expose':[{'container_port':80},{'container_port':81,'host_port':80}]",
                        "duplicate_value",
                        "/expose/1",
                        "choose another host_port"),
                WrongFields.row(
                        "'network':'none','health':{'tcp':{'port':80}}",
                        INVALID,
                        "/health",
                        "has no address; give exec"),
                WrongFields.row(
                        "'network':'host','sysctls':{'net.core.somaxconn':'9'}",
                        INVALID,
                        "/sysctls/net.core.somaxconn",
                        "with network host; set it there"),
                WrongFields.row(
                        "'networks':[{'name':'a','internal':'yes'}]",
                        "wrong_type",
                        "/networks/0/internal",
                        "remove the quotes"),
                WrongFields.row(
                        "'networks':[{'name':'a','internal':true}],'expose':[{'container_port':80}]",
                        INVALID,
                        "/networks",
                        "on internal ones alone nothing of it is published"),
                WrongFields.row(
                        "'networks':[{'name':'a','internal':true}],'ports':[{'container_port':80}]",
                        INVALID,
                        "/networks",
                        "on internal ones alone nothing of it is published"),
                WrongFields.row("'networks':[{'name':'Shop'}]", INVALID, "/networks/0/name", "is no name of a network"),
                WrongFields.row(
                        "'networks':[{'name':'a'},{'name':'a'}]", INVALID, "/networks/1/name", "is given twice"),
                WrongFields.row(
                        "'networks':[{'name':'a','aliases':['b c']}]",
                        INVALID,
                        "/networks/0/aliases/0",
                        "is no name to be found by"),
                WrongFields.row(
                        "'network':'host','networks':[{'name':'a'}]", INVALID, "/networks", "leave one of them out"),
                WrongFields.row("'hostname':'my_host'", INVALID, "/hostname", "is no host name"),
                WrongFields.row("'dns':['ns.example']", INVALID, "/dns/0", "is not an IP address"),
                WrongFields.row("'dns':['1.1.1.1','1.1.1.2','1.1.1.3','1.1.1.4']", "too_large", "/dns", "3 at most"),
                WrongFields.row("'extra_hosts':['db']", INVALID, "/extra_hosts/0", "give it as 'db:10.0.0.7'"),
                WrongFields.row("'extra_hosts':['db:other']", INVALID, "/extra_hosts/0", "host-gateway"));
    }

    private static Stream<Arguments> log() {
        return Stream.of(
                WrongFields.row("'log':{'driver':'fluentd'}", INVALID, "/log/driver", "json-file, local, journald"),
                WrongFields.row("'log':{'max_size':'1KiB'}", INVALID, "/log/max_size", "4KiB to 1GiB"),
                WrongFields.row("'log':{'max_files':21}", INVALID, "/log/max_files", "0 to 20"),
                WrongFields.row(
                        "'log':{'driver':'none','max_files':2}",
                        INVALID,
                        "/log/max_files",
                        "the driver none has none"));
    }
}
