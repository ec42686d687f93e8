package io.knit.launcher.remote.join;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.live.Follower;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.ssh.NotDone;
import io.knit.launcher.remote.ssh.Ssh;
import io.knit.launcher.remote.ssh.SshTarget;
import io.knit.launcher.remote.typed.ShownToken;
import io.knit.launcher.remote.typed.TypedTimes;
import io.knit.launcher.settings.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a host be a node. */
@Command(
        name = "join",
        description = {
            "Makes a host a node over ssh: installs engine and agent, and waits until it is ready.",
            "A host that is one already is brought up to date; what runs there runs on."
        })
public final class Join extends Remote {
    private static final Duration USUAL = Duration.ofMinutes(2);
    private static final Duration MOST = Duration.ofMinutes(10);
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration TO_OPEN = Duration.ofSeconds(2);

    @Parameters(
            paramLabel = "[USER@]HOST",
            description = "Where to, as ssh takes it: root, or a user who may use sudo without a password.")
    private String host = "";

    @Option(
            names = {"--label", "--labels"},
            paramLabel = "KEY=VALUE",
            split = ",",
            description = "What deployments select this node by; as often as wanted. Default: as the host has them.")
    private final List<String> labels = new ArrayList<>();

    @Option(
            names = "--join-token-file",
            paramLabel = "FILE",
            description =
                    "A file whose first line is the server's join token. Default: KNIT_JOIN_TOKEN, else as the host has it.")
    private String joinTokenFile = "";

    @Option(
            names = "--nats-url",
            paramLabel = "URL",
            description =
                    "The server's broker, as that host reaches it. Default: as the host has it, else port 4222 where the server is.")
    private String natsUrl = "";

    @Option(
            names = "--node-id",
            paramLabel = "NAME",
            description = "The node's name. Default: the host's, and some letters.")
    private String nodeId = "";

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Anything else of what knit agent start takes: gpus=1, docker-host=unix:///run/docker.sock.")
    private final List<String> settings = new ArrayList<>();

    @Option(
            names = "--package",
            paramLabel = "FILE",
            description =
                    "The .deb or .tar.gz of Knit. Default: the one of this version, here or beside this installation.")
    private @Nullable Path file;

    @Option(names = "--ssh-port", paramLabel = "PORT", description = "Where sshd listens. Default: as ssh knows it.")
    private int port;

    @Option(
            names = {"-i", "--ssh-identity"},
            paramLabel = "FILE",
            description = "The key to show. Default: as ssh knows it.")
    private String identity = "";

    @Option(
            names = "--ssh-option",
            paramLabel = "KEY=VALUE",
            description = "What ssh takes behind -o, such as ProxyJump=gate; as often as wanted.")
    private final List<String> sshOptions = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "How long to wait for the node, once its agent runs, at most 10m. Default: 2m.")
    private String timeout = "";

    @Option(names = "--dry-run", description = "Look at the host, show what would be done, and do nothing.")
    private boolean dryRun;

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        SshTarget target = SshTarget.of(host);
        Told told = told();
        Duration patience = timeout.isEmpty() ? USUAL : TypedTimes.duration("--timeout", timeout, MOST);
        List<String> options = options(console);
        JoinSteps.Cluster ours = cluster(knit.nodes());
        try {
            Joining joining = new Joining(target, new Ssh(variables(), options, target), line -> say(line, console));
            Host seen = joining.look();
            JoinSteps steps =
                    JoinSteps.of(target, seen, told, file, URI.create(knit.server()), ours, PackageFile.folders());
            if (dryRun) {
                steps.words(seen).forEach(line -> console.out().println(TextTable.shown(line)));
                return Exit.OK;
            }
            Joining.Started started = joining.take(steps, seen);
            long begun = System.nanoTime();
            boolean taken = joining.awaitMember(started, patience);
            JsonNode node = awaitReady(knit, started, patience, begun, taken, joining);
            joining.settle(started);
            JsonNode list = JsonNodeFactory.instance.arrayNode().add(node);
            printer.print(list, all -> Listings.names(all, "id"), new Listings(printer)::nodes);
            return Exit.OK;
        } catch (NotDone e) {
            complain(String.valueOf(e.getMessage()), "", console);
            e.said().forEach(line -> console.err().println("    | " + TextTable.shown(line)));
            console.err().flush();
            return e.exit();
        }
    }

    /** Hosts of the mesh without an agent are no nodes of anybody's. */
    private static JoinSteps.Cluster cluster(JsonNode answer) {
        Set<String> nodes = new HashSet<>();
        for (JsonNode node : answer.path("nodes")) {
            if (!isWithoutAgent(node)) {
                nodes.add(Listings.text(node, "id"));
            }
        }
        return new JoinSteps.Cluster(Listings.text(answer, "cluster"), Listings.text(answer, "version"), nodes);
    }

    private static boolean isWithoutAgent(JsonNode node) {
        return Listings.text(node, "state").equals("discovered");
    }

    private static void say(String line, Console console) {
        console.err().println(TextTable.shown(line));
        console.err().flush();
    }

    private Told told() {
        Map<String, String> told = Told.typed(settings);
        put(told, Setting.NATS_URL, natsUrl);
        put(told, Setting.NODE_ID, nodeId);
        put(told, Setting.LABELS, String.join(",", labels));
        String variable = variables().getOrDefault(Setting.JOIN_TOKEN.variable(), "");
        put(
                told,
                Setting.JOIN_TOKEN,
                joinTokenFile.isEmpty() ? variable : ShownToken.inFile("--join-token-file", joinTokenFile));
        return Told.of(told);
    }

    private static void put(Map<String, String> told, Setting setting, String value) {
        if (!value.isEmpty()) {
            told.put(setting.key(), value);
        }
    }

    /** Who is not at a screen is asked for nothing. */
    private List<String> options(Console console) {
        List<String> options = new ArrayList<>();
        if (port != 0) {
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("--ssh-port is a number from 1 to 65535");
            }
            options.addAll(List.of("-p", String.valueOf(port)));
        }
        if (!identity.isEmpty()) {
            options.addAll(List.of("-i", identity));
        }
        for (String option : sshOptions) {
            if (!option.matches("[A-Za-z][A-Za-z0-9]*[= ].+")) {
                throw new IllegalArgumentException("--ssh-option is KEY=VALUE, as in ssh_config(5): ProxyJump=gate");
            }
            options.addAll(List.of("-o", option));
        }
        if (!terminal(2, console).screen()) {
            options.addAll(List.of("-o", "BatchMode=yes"));
        }
        return options;
    }

    private JsonNode awaitReady(
            KnitClient knit, Joining.Started started, Duration patience, long begun, boolean taken, Joining joining) {
        Optional<JsonNode> last = Optional.empty();
        try (Follower follower = new Follower(knit, null)) {
            follower.start().awaitOpen(TO_OPEN);
            do {
                Optional<JsonNode> now = node(knit, started.node());
                last = now.isPresent() ? now : last;
                if (last.isPresent() && Listings.text(last.get(), "state").equals("ready")) {
                    return last.get();
                }
                follower.await(BEAT);
            } while (System.nanoTime() - begun < patience.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (started.member() && taken && last.isPresent() && last.get().isMissingNode()) {
            throw joining.takenElsewhere(started, knit.server());
        }
        throw joining.late(started, patience, last.map(Join::state).orElse("not known yet"), taken);
    }

    private static String state(JsonNode node) {
        String why = Listings.text(node, "condition");
        return node.isMissingNode()
                ? "not known yet"
                : Listings.text(node, "state") + (why.isEmpty() ? "" : ", " + why);
    }

    /** Missing: the server does not know it. Empty: it is away for a moment. */
    private static Optional<JsonNode> node(KnitClient knit, String id) {
        try {
            for (JsonNode node : knit.nodes().path("nodes")) {
                if (Listings.text(node, "id").equals(id) && !isWithoutAgent(node)) {
                    return Optional.of(node);
                }
            }
            return Optional.of(JsonNodeFactory.instance.missingNode());
        } catch (KnitClientException e) {
            if (e.kind() != KnitClientException.Kind.UNREACHABLE) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
