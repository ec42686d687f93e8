package io.knit.core.spec;

import static io.knit.core.spec.Field.choice;
import static io.knit.core.spec.Field.cores;
import static io.knit.core.spec.Field.duration;
import static io.knit.core.spec.Field.flag;
import static io.knit.core.spec.Field.number;
import static io.knit.core.spec.Field.object;
import static io.knit.core.spec.Field.objects;
import static io.knit.core.spec.Field.size;
import static io.knit.core.spec.Field.text;
import static io.knit.core.spec.Field.textMap;
import static io.knit.core.spec.Field.texts;

import io.knit.api.model.Constraint;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.HttpCheck;
import io.knit.api.model.OnFailure;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Preference;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import io.knit.api.model.Resources;
import io.knit.api.model.RestartSpec;
import io.knit.api.model.StopSpec;
import io.knit.api.model.Strategy;
import io.knit.api.model.TcpCheck;
import io.knit.api.model.TemplateSpec;
import io.knit.api.model.Update;
import io.knit.api.model.UpdateOrder;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All fields of a spec and of what is in it. A new field is a component of its record, and a row here. */
public final class SpecTable {
    private static final int ENTRIES = 256;
    private static final int VALUE = 32 * 1024;
    private static final int SECRET = 8192;
    private static final int PORTS = 65_535;
    /** The most a Linux kernel counts to. */
    private static final int PIDS = 4_194_304;
    /** The least share that an engine takes, in thousandths of a core. */
    private static final int LEAST_CPU = 10;

    private static final int MOST_CPU = 1_024_000;
    /** With less an engine makes no container. */
    private static final long LEAST_MEMORY = 6L << 20;

    private static final long MOST_MEMORY = 64L << 40;
    private static final int KEY = 253;
    private static final String KEYS = "[A-Za-z0-9]([A-Za-z0-9._/-]*[A-Za-z0-9])?";

    public static final Table<RegistryAuth> REGISTRY_AUTH = Table.of(
            RegistryAuth.class,
            given -> new RegistryAuth(given.text("username"), given.text("password")),
            text("username", RegistryAuth::username).required().length(SECRET).doc("1–{length} printable characters"),
            text("password", RegistryAuth::password)
                    .required()
                    .length(SECRET)
                    .secret()
                    .doc("the same; it is never returned"));

    public static final Table<PortSpec> PORT = Table.of(
            PortSpec.class,
            given -> new PortSpec(null, 0, given.number("container_port"), Protocol.TCP),
            text("host_ip", PortSpec::hostIp)
                    .unlessGiven("the mesh address where the node has one, else loopback")
                    .doc(
                            "an IPv4 or IPv6 address of the node, or `mesh`. `0.0.0.0` is all of the node's IPv4 addresses, `::` all of its"
                                    + " IPv6 addresses: two bindings, as with `docker run`. For all addresses of both kinds give two ports"),
            number("host_port", PortSpec::hostPort, 1, PORTS)
                    .besides(Set.of(0), ", or leave it out and one is assigned")
                    .unset(0)
                    .doc("{range}; 0: one is assigned and reported"),
            number("container_port", PortSpec::containerPort, 1, PORTS)
                    .required()
                    .doc("{range}"),
            choice("protocol", PortSpec::protocol, Protocol.class).doc("`tcp` or `udp`"));

    public static final Table<TemplateSpec> TEMPLATE = Table.of(
            TemplateSpec.class,
            given -> new TemplateSpec(given.text("destination"), given.text("content")),
            text("destination", TemplateSpec::destination)
                    .required()
                    .doc("absolute path of a file in the container, without `..`, outside `/proc`, `/sys` and `/dev`")
                    .form("Path in the container", ""),
            text("content", TemplateSpec::content)
                    .required()
                    .length(256 * 1024)
                    .doc(
                            "a [Pebble](https://pebbletemplates.io) template of at most {length} bytes of UTF-8, rendering to at most 1 Mi characters")
                    .form("Template", ""));

    public static final Table<Resources> RESOURCES = Table.of(
            Resources.class,
            given -> Resources.DEFAULT,
            number("pids", Resources::pids, 1, PIDS)
                    .besides(
                            Set.of(Resources.UNLIMITED),
                            ", " + Resources.UNLIMITED + " for no limit, or leave it out for " + Resources.DEFAULT_PIDS)
                    .stands(0)
                    .doc("most processes and threads at once, {range}; 0 is the default, -1 is no limit"),
            cores("cpu", Resources::cpu, LEAST_CPU, MOST_CPU, ", or leave it out for no limit")
                    .since("cpu")
                    .unlessGiven("none reserved, no limit")
                    .doc(
                            "cores that are reserved, and that it gets at most, {range} with up to three digits behind the point; 0 is none"),
            size("memory", Resources::memory, LEAST_MEMORY, MOST_MEMORY, ", or leave it out for no limit")
                    .since("memory")
                    .unlessGiven("none reserved, no limit")
                    .doc("memory that is reserved, {range}, and without `memory_max` the limit; 0 is none"),
            size(
                            "memory_max",
                            Resources::memoryMax,
                            LEAST_MEMORY,
                            MOST_MEMORY,
                            ", or leave it out for what memory says")
                    .since("memory_max")
                    .unlessGiven("what `memory` says")
                    .doc("memory that it gets at most, {range}, not less than `memory`; alone it reserves nothing"),
            number("gpus", Resources::gpus, 0, 64)
                    .since("gpus")
                    .unset(0)
                    .doc("accelerators that are its own, {range}"));

    private static final String VALUES = "values with which `in` and `not_in` compare, 1 to {entries}";
    private static final String OPS = "`=`, `!=`, `in`, `not_in`, `exists`, `not_exists`, `>` or `<`";

    public static final Table<Constraint> CONSTRAINT = Table.of(
            Constraint.class,
            given -> new Constraint(given.text("key"), Constraint.Op.EXISTS, null, List.of()),
            text("key", Constraint::key)
                    .required()
                    .length(KEY)
                    .pattern(KEYS)
                    .doc(
                            "a label's key, or `node.id`, `node.hostname`, `node.os`, `node.arch`, `node.engine`, `mesh.ip`"),
            choice("op", Constraint::op, Constraint.Op.class).required().doc(OPS),
            text("value", Constraint::value)
                    .length(4096)
                    .unlessGiven("not given with `in`, `not_in`, `exists`, `not_exists`")
                    .doc("with what the others compare"),
            texts("values", Constraint::values).entries(ENTRIES).length(4096).doc(VALUES));

    public static final Table<Preference> PREFERENCE = Table.of(
            Preference.class,
            given ->
                    new Preference(given.text("key"), Constraint.Op.EXISTS, null, List.of(), Preference.DEFAULT_WEIGHT),
            text("key", Preference::key).required().length(KEY).pattern(KEYS).doc("as of a constraint"),
            choice("op", Preference::op, Constraint.Op.class).required().doc("as of a constraint"),
            text("value", Preference::value)
                    .length(4096)
                    .unlessGiven("as of a constraint")
                    .doc("as of a constraint"),
            texts("values", Preference::values).entries(ENTRIES).length(4096).doc("as of a constraint"),
            number("weight", Preference::weight, 1, 100).doc("how much it counts among others, {range}"));

    public static final Table<HttpCheck> HTTP = Table.of(
            HttpCheck.class,
            given -> new HttpCheck("/", given.number("port")),
            text("path", HttpCheck::path)
                    .length(1024)
                    .pattern("/[\\x21-\\x7e]*")
                    .doc("what is asked for, with its query; begins with `/`"),
            number("port", HttpCheck::port, 1, PORTS).required().doc("the container's, {range}"),
            text("status", HttpCheck::status)
                    .length(7)
                    .pattern("[1-5][0-9][0-9](-[1-5][0-9][0-9])?")
                    .doc("what it must answer: a status such as `204`, or a range. A redirect is not followed"),
            textMap("headers", HttpCheck::headers)
                    .entries(32)
                    .keys(128, "[A-Za-z0-9-]+")
                    .length(4096)
                    .doc("sent along; shown to who may read the deployment"));

    public static final Table<TcpCheck> TCP = Table.of(
            TcpCheck.class,
            given -> new TcpCheck(given.number("port")),
            number("port", TcpCheck::port, 1, PORTS).required().doc("the container's, {range}"));

    public static final Table<HealthSpec> HEALTH = Table.of(
            HealthSpec.class,
            given -> HealthSpec.IMAGE,
            object("http", HealthSpec::http, HTTP)
                    .unlessGiven("none")
                    .doc("a `GET` to the container's own address that must be answered with a status of its range"),
            object("tcp", HealthSpec::tcp, TCP)
                    .unlessGiven("none")
                    .doc("a connection to the container's own address that must come about"),
            texts("exec", HealthSpec::exec)
                    .entries(64)
                    .length(4096)
                    .unlessGiven("none")
                    .doc("a command in the container that must end with 0"),
            flag("disabled", HealthSpec::disabled)
                    .doc("`true`: nothing is checked, and the image's own `HEALTHCHECK` is not listened to"),
            duration("interval", HealthSpec::interval, Duration.ofMillis(100), Duration.ofHours(1))
                    .doc("between two checks, {range}"),
            duration("timeout", HealthSpec::timeout, Duration.ofMillis(100), Duration.ofMinutes(5))
                    .doc("a check without an answer for so long has failed, {range}"),
            number("retries", HealthSpec::retries, 1, 100)
                    .doc("after so many failures in a row the instance is unhealthy and started again, {range}"),
            duration("grace", HealthSpec::grace, Duration.ZERO, Duration.ofHours(24))
                    .doc("failures do not count for so long after the start, {range}; the first success ends it"));

    public static final Table<RestartSpec> RESTART = Table.of(
            RestartSpec.class,
            given -> RestartSpec.DEFAULT,
            choice("condition", RestartSpec::condition, RestartSpec.Condition.class)
                    .doc("`always`; `on_failure`: unless its program ended with 0; `never`"),
            duration("delay", RestartSpec::delay, Duration.ofMillis(100), Duration.ofMinutes(1))
                    .doc("until it is started again the first time, {range}; doubles each time, to a minute"),
            number("attempts", RestartSpec::attempts, 0, 1000)
                    .doc(
                            "so often within `window`, then it has failed here and another is placed elsewhere; 0: without end"),
            duration("window", RestartSpec::window, Duration.ofSeconds(1), Duration.ofHours(24))
                    .doc("{range}"));

    public static final Table<StopSpec> STOP = Table.of(
            StopSpec.class,
            given -> StopSpec.DEFAULT,
            text("signal", StopSpec::signal)
                    .unset("")
                    .length(20)
                    .pattern("SIG[A-Z0-9]{1,10}([+-][0-9]{1,2})?")
                    .unlessGiven("the image's, else `SIGTERM`")
                    .doc("what its program is sent, such as `SIGQUIT`"),
            duration("grace", StopSpec::grace, Duration.ZERO, Duration.ofHours(1))
                    .doc("until it is killed, {range}"),
            texts("pre_stop", StopSpec::preStop)
                    .entries(64)
                    .length(4096)
                    .unlessGiven("none")
                    .doc("a command in the container before the signal; what it takes is taken from the grace"));

    public static final Table<Update> UPDATE = Table.of(
            Update.class,
            given -> Update.DEFAULT,
            number("max_parallel", Update::maxParallel, 1, 1000).doc("how many slots may be replaced at once, {range}"),
            choice("order", Update::order, UpdateOrder.class)
                    .doc(
                            "`start_first`: the old instance runs until the new one is healthy; `stop_first`: the new one starts when the old one"
                                    + " has stopped; `auto`: `start_first`, but `stop_first` where a port has a fixed `host_port` or no node has room for both"),
            duration("min_healthy", Update::minHealthy, Duration.ZERO, Duration.ofHours(1))
                    .doc("how long a new instance must be healthy before it counts, {range}"),
            duration("healthy_deadline", Update::healthyDeadline, Duration.ofSeconds(1), Duration.ofHours(24))
                    .doc("how long a new instance may take on its node to become healthy, {range}"),
            duration("progress_deadline", Update::progressDeadline, Duration.ofSeconds(1), Duration.ofHours(24))
                    .doc("how long a rollout may go without one more instance done, {range}"),
            number("canary", Update::canary, 0, 1000)
                    .doc("how many slots are replaced before the others wait for `promote`, {range}"),
            flag("auto_promote", Update::autoPromote)
                    .doc("the others follow by themselves once the canaries are healthy"),
            choice("on_failure", Update::onFailure, OnFailure.class)
                    .doc("`rollback` to the last revision that was healthy in all slots, `pause` or `continue`"),
            number("max_failures", Update::maxFailures, 0, 1000)
                    .doc("how many new instances may fail before that, {range}"));

    public static final Table<DeploymentSpec> SPEC = Table.of(
            DeploymentSpec.class,
            given -> DeploymentSpec.builder(given.text("name"), given.text("image"))
                    .build(),
            // another name is another deployment
            text("name", DeploymentSpec::name)
                    .required()
                    .length(63)
                    .pattern("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
                    .doc("DNS label: 1–{length} of `a-z 0-9 -`, starting and ending with a letter or digit")
                    .form("Name", ""),
            // only the text counts: the same tag may mean another image later, and nobody is restarted for it
            text("image", DeploymentSpec::image)
                    .required()
                    .doc("`[registry/]name[:tag][@digest]`, as `docker pull` takes it")
                    .form("Image", ""),
            texts("command", DeploymentSpec::command)
                    .entries(ENTRIES)
                    .length(VALUE)
                    .unlessGiven("the image's")
                    .doc("replaces the entrypoint"),
            texts("args", DeploymentSpec::args)
                    .entries(ENTRIES)
                    .length(VALUE)
                    .unlessGiven("the image's")
                    .doc("replaces the command"),
            textMap("env", DeploymentSpec::env)
                    .entries(ENTRIES)
                    .keys(256, "[^=\\x00-\\x20\\x7f]+")
                    .length(VALUE)
                    .doc("the container's environment; values of at most {length} characters without NUL")
                    .form("Environment", "one a line"),
            // an engine can't change the labels of a container that is there
            textMap("labels", DeploymentSpec::labels)
                    .entries(ENTRIES)
                    .keys(1024)
                    .length(VALUE)
                    .doc("the container's labels, for whoever reads them: see below"),
            // where a container may be, not what it is: one whose node fits stays there
            textMap("node_selector", DeploymentSpec::nodeSelector)
                    .entries(ENTRIES)
                    .keys(KEY, KEYS)
                    .length(4096)
                    .use(Use.PLACE)
                    .doc(
                            "labels or facts that a node must have, all of them: the short form of `constraints` with `=`; keys of 1–{key} of `A-Z a-z 0-9 . _ / -`, starting and ending with a"
                                    + " letter or digit")
                    .form("Node selector", "labels a node must have"),
            // how many there are says nothing of any one of them
            number("replicas", DeploymentSpec::replicas, 0, 1000)
                    .use(Use.COUNT)
                    .doc("how many instances, {range}")
                    .form("Instances", ""),
            // when the registry is asked for the next container; the image of one that runs was fetched long ago
            choice("pull", DeploymentSpec::pull, PullPolicy.class)
                    .use(Use.FETCH)
                    .unlessGiven("`always` for the tag `latest` or none, else `missing`")
                    .doc("when the registry is asked: `always`, `missing`, `never`"),
            // opens the registry for the next container; a password that is renewed must not restart what runs
            object("registry_auth", DeploymentSpec::registryAuth, REGISTRY_AUTH)
                    .use(Use.FETCH)
                    .unlessGiven("anonymous")
                    .doc("`username` and `password` for the image's registry; the password is never returned"),
            objects("ports", DeploymentSpec::ports, PORT)
                    .entries(128)
                    .doc("at most {entries}, see below")
                    .form("Ports", "one a line"),
            // rendered when the container is made, and mounted into it
            objects("templates", DeploymentSpec::templates, TEMPLATE)
                    .entries(32)
                    .doc("at most {entries}, see below")
                    .form("File", "rendered on the node"),
            flag("init", DeploymentSpec::init)
                    .since("init")
                    .doc(
                            "a small init is process 1, hands signals on and collects what is left of ended processes. `false` for an image that"
                                    + " brings its own, like s6-overlay"),
            flag("no_new_privileges", DeploymentSpec::noNewPrivileges)
                    .since("no_new_privileges")
                    .doc(
                            "no program may gain rights that its caller has not. `false` for one that needs `sudo` or other set-user-id programs"),
            object("resources", DeploymentSpec::resources, RESOURCES)
                    .since("resources")
                    .doc("what an instance may take of its node, and what is reserved for it there, see below"),
            // its node looks after what runs; the container is the same
            object("health", DeploymentSpec::health, HEALTH)
                    .since("health")
                    .use(Use.TEND)
                    .unlessGiven("the image's `HEALTHCHECK`, if it has one")
                    .doc("how one finds out whether an instance does its work, see below"),
            object("restart", DeploymentSpec::restart, RESTART)
                    .since("restart")
                    .use(Use.TEND)
                    .unlessGiven("always, see below")
                    .doc("when a container that ended is started again, see below"),
            object("stop", DeploymentSpec::stop, STOP)
                    .since("stop")
                    .use(Use.TEND)
                    .unlessGiven("as its image says, within 10 s")
                    .doc("how a container is stopped, see below"),
            objects("constraints", DeploymentSpec::constraints, CONSTRAINT)
                    .entries(32)
                    .since("constraints")
                    .use(Use.PLACE)
                    .doc("what a node must be like, all of it; at most {entries}, see below"),
            text("spread_by", DeploymentSpec::spreadBy)
                    .length(KEY)
                    .pattern("(" + KEYS + ")?")
                    .unset("")
                    .unlessGiven("over nodes alone")
                    .since("spread_by")
                    .use(Use.PLACE)
                    .doc(
                            "a label's key or a fact: the instances are even over its values; nodes without it count as one value"),
            number("max_per_node", DeploymentSpec::maxPerNode, 0, 1000)
                    .since("max_per_node")
                    .use(Use.PLACE)
                    .doc("so many of its instances are on one node at most, {range}; 0: no bound"),
            objects("prefer", DeploymentSpec::prefer, PREFERENCE)
                    .entries(32)
                    .since("prefer")
                    .use(Use.PLACE)
                    .doc("what a node had better be like; at most {entries}, see below"),
            choice("strategy", DeploymentSpec::strategy, Strategy.class)
                    .since("strategy")
                    .use(Use.PLACE)
                    .doc(
                            "`spread`: of nodes that are as good otherwise the one with the fewest of its instances, then with the fewest of all; `binpack`: the fullest"),
            object("update", DeploymentSpec::update, UPDATE)
                    .since("update")
                    .use(Use.ROLLOUT)
                    .doc("how a change is carried out, see below"));

    /** Every table there is, by what its records are called in the docs and in OpenAPI. */
    public static final Map<String, Table<?>> ALL = Map.ofEntries(
            Map.entry("DeploymentSpec", SPEC),
            Map.entry("RegistryAuth", REGISTRY_AUTH),
            Map.entry("PortSpec", PORT),
            Map.entry("TemplateSpec", TEMPLATE),
            Map.entry("Resources", RESOURCES),
            Map.entry("HealthSpec", HEALTH),
            Map.entry("HttpCheck", HTTP),
            Map.entry("TcpCheck", TCP),
            Map.entry("RestartSpec", RESTART),
            Map.entry("StopSpec", STOP),
            Map.entry("Constraint", CONSTRAINT),
            Map.entry("Preference", PREFERENCE),
            Map.entry("Update", UPDATE));

    private static final Map<String, Object> SERVERS_OWN = serversOwn().stream()
            .collect(Collectors.toUnmodifiableMap(
                    Field::name, field -> Objects.requireNonNull(SPEC.unlessGiven(field))));

    private SpecTable() {}

    /** The row of a record's component; empty if it is no spec's. */
    public static Optional<Field<?>> of(RecordComponent component) {
        return ALL.values().stream()
                .filter(table -> table.record() == component.getDeclaringRecord())
                .<Field<?>>map(table -> table.field(Table.wireName(component)))
                .findFirst();
    }

    /** What a component of a spec's record is unless given; empty: nothing, or it is no spec's. */
    public static Optional<Object> unlessGiven(RecordComponent component) {
        return ALL.values().stream()
                .filter(table -> table.record() == component.getDeclaringRecord())
                .findFirst()
                .map(table -> unlessGiven(table, Table.wireName(component)));
    }

    private static <R> @Nullable Object unlessGiven(Table<R> table, String name) {
        return table.unlessGiven(table.field(name));
    }

    /** Whether both specs say the same in all fields of that use. */
    public static boolean same(Use use, DeploymentSpec one, DeploymentSpec other) {
        if (one == other) {
            return true;
        }
        for (Field<DeploymentSpec> field : SPEC.fields()) {
            if (field.use() == use && !Objects.equals(field.of(one), field.of(other))) {
                return false;
            }
        }
        return true;
    }

    /** What nodes need of a spec: all that is the server's alone is as if it had not been given. */
    public static DeploymentSpec forNodes(DeploymentSpec spec) {
        return SPEC.with(spec, SERVERS_OWN);
    }

    /** The fields of a spec that no node needs. */
    public static List<Field<DeploymentSpec>> serversOwn() {
        return SPEC.fields().stream().filter(field -> !field.use().isForNodes()).toList();
    }

    /** What an agent must know to run a spec as it was meant, in alphabetical order. A field needs its feature when it is not what it is unless given. */
    public static List<String> features(DeploymentSpec spec) {
        List<String> needed = new ArrayList<>();
        needed(SPEC, spec, needed);
        return needed.isEmpty()
                ? List.of()
                : needed.stream().distinct().sorted().toList();
    }

    /** Every feature that a field asks of an agent. */
    public static List<String> features() {
        return ALL.values().stream()
                .flatMap(table -> table.fields().stream())
                .filter(field -> field.use().isForNodes())
                .map(Field::since)
                .filter(Objects::nonNull)
                .distinct()
                .sorted()
                .toList();
    }

    private static <R> void needed(Table<R> table, R record, List<String> needed) {
        for (Field<R> field : table.fields()) {
            Object value = field.of(record);
            if (!field.use().isForNodes()) {
                continue;
            }
            String feature = field.since();
            if (feature != null && !Objects.equals(value, table.unlessGiven(field))) {
                needed.add(feature);
            }
            inside(field, value, (inner, each) -> needed(inner, each, needed));
        }
    }

    /** Each record that a field holds. */
    @SuppressWarnings("unchecked")
    static void inside(Field<?> field, @Nullable Object value, Visit visit) {
        if (value == null) {
            return;
        }
        if (field.type() == Type.OBJECT) {
            visit.record((Table<Object>) field.table(), value);
        } else if (field.type() == Type.OBJECTS) {
            ((List<?>) value).forEach(each -> visit.record((Table<Object>) field.table(), each));
        }
    }

    /** What is done with a record. */
    @FunctionalInterface
    interface Visit {
        void record(Table<Object> table, Object record);
    }
}
