package io.knit.core.spec;

import static io.knit.core.spec.Field.choice;
import static io.knit.core.spec.Field.cores;
import static io.knit.core.spec.Field.duration;
import static io.knit.core.spec.Field.flag;
import static io.knit.core.spec.Field.number;
import static io.knit.core.spec.Field.size;
import static io.knit.core.spec.Field.text;
import static io.knit.core.spec.Field.texts;

import io.knit.api.model.ExposeSpec;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.RegistryAuth;
import io.knit.api.model.Resources;
import io.knit.api.model.TemplateSpec;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What is in a spec that makes the container: the rows of those records. */
public final class ContainerTables {
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

    public static final Table<RegistryAuth> REGISTRY_AUTH = Table.of(
            RegistryAuth.class,
            given -> new RegistryAuth(given.text("username"), given.text("password")),
            text("username", RegistryAuth::username)
                    .confidential()
                    .required()
                    .length(SECRET)
                    .doc("1–{length} printable characters"),
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
            choice("protocol", PortSpec::protocol, Protocol.class).doc("`tcp` or `udp`"),
            flag("relay", PortSpec::relay)
                    .since("ports.relay")
                    .doc(
                            "the agent holds the host port and hands connections to the instances on its node that do their work, so that an update on a fixed `host_port` has [no gap](names.md#fixed-ports-without-a-gap); `tcp` only"),
            flag("proxy_protocol", PortSpec::proxyProtocol)
                    .since("ports.relay")
                    .doc(
                            "with `relay`, each connection begins with a header of the PROXY protocol, version 2, that tells the container who connects"));

    public static final Table<ExposeSpec> EXPOSE = Table.of(
            ExposeSpec.class,
            given -> new ExposeSpec(given.number("container_port"), 0, Protocol.TCP),
            number("container_port", ExposeSpec::containerPort, 1, PORTS)
                    .required()
                    .doc("{range}"),
            number("host_port", ExposeSpec::hostPort, 1, PORTS)
                    .besides(Set.of(0), ", or leave it out for the container's port")
                    .unset(0)
                    .unlessGiven("the container's port")
                    .doc("{range}, of the node's mesh address; loopback where it has none"),
            choice("protocol", ExposeSpec::protocol, Protocol.class).doc("`tcp` or `udp`"));

    public static final Table<TemplateSpec> TEMPLATE = Table.of(
            TemplateSpec.class,
            given -> new TemplateSpec(given.text("destination"), ""),
            text("destination", TemplateSpec::destination)
                    .required()
                    .doc("absolute path of a file in the container, without `..`, outside `/proc`, `/sys` and `/dev`")
                    .form("Path in the container", ""),
            text("content", TemplateSpec::content)
                    .confidential()
                    .requiredUnless("source")
                    .length(256 * 1024)
                    .unlessGiven("`source` is given")
                    .doc(
                            "a template, [Pebble](https://pebbletemplates.io) unless `engine` says another, of at most {length} bytes of UTF-8, rendering to at most 1 Mi characters. Either this or `source`")
                    .form("Template", ""),
            text("source", TemplateSpec::source)
                    .length(128)
                    .pattern("(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?)?")
                    .unset("")
                    .unlessGiven("`content` is given")
                    .since("templates.source")
                    .doc("name of a [file](values.md) that is set, which is the template"),
            choice("engine", TemplateSpec::engine, TemplateSpec.Engine.class)
                    .since("templates.engine")
                    .doc(
                            "`pebble`; `go`, which is [Go's `text/template`](templates.md#go-templates); or `none`: it is as it is, byte by byte"),
            text("mode", TemplateSpec::mode)
                    .length(4)
                    .pattern(ValueTables.MODE)
                    .since("templates.mode")
                    .doc("who may read and run it, in octal digits"),
            number("uid", TemplateSpec::uid, 0, Integer.MAX_VALUE)
                    .since("templates.uid")
                    .doc("number of its owner, {range}"),
            number("gid", TemplateSpec::gid, 0, Integer.MAX_VALUE)
                    .since("templates.gid")
                    .doc("number of its group, {range}"),
            flag("env", TemplateSpec::env)
                    .since("templates.env")
                    .doc("its lines `KEY=value` are environment, too. Who may ask the node's engine sees that"),
            texts("delimiters", TemplateSpec::delimiters)
                    .entries(2)
                    .length(4)
                    .unset(List.of())
                    .unlessGiven("`[\"{{\", \"}}\"]`")
                    .since("templates.delimiters")
                    .doc(
                            "two texts in which values stand instead, for a text that has the usual braces for another program: with `[\"[[\", \"]]\"]` a value is `[[ … ]]` and a tag `[% … %]`. Each is 2–{length} of `[ ] ( ) { } < > $ @ ! ^ ~ & * + = ? | : ; /`"),
            choice("on_change", TemplateSpec::onChange, TemplateSpec.OnChange.class)
                    .unset(TemplateSpec.OnChange.RESTART)
                    .unlessGiven("`restart`")
                    .since("templates.service")
                    .doc(
                            "what the container has of it when [what the template reads](templates.md#files-that-follow-the-fleet) becomes another: `signal`, `exec`, or `none` but the file, which is written again while it runs. `restart`: a container with the new file takes its place, by a revision and as `update` says"),
            text("signal", TemplateSpec::signal)
                    .unset("")
                    .length(20)
                    .pattern("SIG[A-Z0-9]{1,10}([+-][0-9]{1,2})?")
                    .since("templates.service")
                    .unlessGiven("none")
                    .doc("with `signal`, which one, such as `SIGHUP`"),
            texts("exec", TemplateSpec::exec)
                    .entries(64)
                    .length(4096)
                    .unset(List.of())
                    .since("templates.service")
                    .unlessGiven("none")
                    .doc("with `exec`, the command, which has 30 s"),
            duration("splay", TemplateSpec::splay, Duration.ZERO, Duration.ofHours(1))
                    .unset(Duration.ZERO)
                    .unlessGiven("none")
                    .since("templates.service")
                    .doc("a chance part of this is waited before, {range}"),
            texts("validate", TemplateSpec::validate)
                    .entries(64)
                    .length(4096)
                    .unset(List.of())
                    .since("templates.validate")
                    .unlessGiven("none")
                    .doc(
                            "a command that must end with 0, within 30 s, in a container of the same image with the new file in its place, [before the file is used](templates.md#files-that-are-checked-first)"),
            choice("on_missing", TemplateSpec::onMissing, TemplateSpec.OnMissing.class)
                    .unset(TemplateSpec.OnMissing.FAIL)
                    .unlessGiven("`fail`")
                    .since("templates.on_missing")
                    .doc(
                            "what becomes of it while a variable, secret or file that it reads [is not set](values.md#what-is-not-set-yet): `fail`, the deployment is refused; `wait`, its first instances wait for it; `default`, it is an empty text"));

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

    private ContainerTables() {}
}
