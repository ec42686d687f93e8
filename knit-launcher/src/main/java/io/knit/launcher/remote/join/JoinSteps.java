package io.knit.launcher.remote.join;

import io.knit.api.KnitVersion;
import io.knit.launcher.remote.ssh.SshTarget;
import io.knit.launcher.remote.typed.Refused;
import io.knit.launcher.settings.Secrets;
import io.knit.launcher.settings.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done to a host, decided before anything is.
 *
 * @param engine {@code install} or {@code start}; null: it answers
 * @param file what is installed; null: it stays as it is
 * @param why what is said of a package that is not sent
 * @param told what the agent is told
 */
record JoinSteps(@Nullable String engine, @Nullable PackageFile file, String why, Told told) {
    private static final int PORT = 4222;

    /**
     * Decides.
     *
     * @param server whose broker the agent is told of, where nothing else says which
     * @param ours what that server's cluster and nodes are
     * @throws Refused if that host is not to be joined, or not so
     */
    static JoinSteps of(
            SshTarget target,
            Host host,
            Told told,
            @Nullable Path named,
            URI server,
            Cluster ours,
            List<Path> folders) {
        Told whole =
                told.broker().isEmpty() && host.fact("broker").isEmpty() ? told.withBroker(brokerOf(server)) : told;
        requireOurs(target, host, whole, ours);
        boolean elsewhere = whole.settings().containsKey(Setting.DOCKER_HOST.key());
        String engine = elsewhere ? null : host.engineNeeds(target).orElse(null);
        String installed = host.fact("installed");
        Optional<PackageFile> file =
                named == null ? PackageFile.found(folders, host) : Optional.of(PackageFile.named(named, target, host));
        if (file.isEmpty() && installed.isEmpty()) {
            throw new Refused("there is no " + PackageFile.nameFor(host) + " in "
                    + String.join(", ", folders.stream().map(Path::toString).toList())
                    + "; make it (scripts/package) and put it there, or say where it is with --package");
        }
        if (file.isEmpty()) {
            return new JoinSteps(engine, null, "Knit " + installed + " stays; there is no package here", whole);
        }
        if (file.get().digest().equals(host.fact("digest"))) {
            return new JoinSteps(
                    engine,
                    null,
                    "Knit " + installed + " is that of " + file.get().file().getFileName(),
                    whole);
        }
        if (named == null && !isOlder(installed, KnitVersion.current())) {
            return new JoinSteps(engine, null, "Knit " + installed + " stays; this is " + KnitVersion.current(), whole);
        }
        if (named == null && isOlder(ours.version(), KnitVersion.current())) {
            String why = "the server is Knit " + ours.version() + ", and goes before its agents; this is "
                    + KnitVersion.current();
            if (installed.isEmpty()) {
                throw new Refused(
                        why + ": upgrade the server first, or say with --package which package the host is to have");
            }
            return new JoinSteps(engine, null, "Knit " + installed + " stays: " + why, whole);
        }
        return new JoinSteps(engine, file.get(), "", whole);
    }

    /**
     * Whom a server is asked for.
     *
     * @param id empty: it is a server of before, and does not say
     * @param version its own; empty: it is the first release, which does not say
     * @param nodes their ids
     */
    record Cluster(String id, String version, Set<String> nodes) {
        /** Of the first release, the only one that says none. */
        private static final String FIRST = "0.1.0";

        Cluster {
            version = version.isEmpty() ? FIRST : version;
            nodes = Set.copyOf(nodes);
        }
    }

    /** What belongs to a cluster stays with it, unless somebody took it away there. */
    private static void requireOurs(SshTarget target, Host host, Told told, Cluster ours) {
        Optional<String> node = host.node();
        String theirs = host.fact("cluster");
        if (node.isEmpty() || theirs.equals(ours.id())) {
            return;
        }
        boolean guessed = ours.id().isEmpty();
        if (guessed && (ours.nodes().contains(node.get()) || told.broker().equals(host.fact("broker")))) {
            return;
        }
        throw new Refused(target + " belongs to another cluster, " + theirs + ", as node " + node.get()
                + (guessed
                        ? ": the server that is asked has no node of that name, and is too old to say more. If the host is its own, give the host's broker with --nats-url, "
                                + Secrets.hide(host.fact("broker"))
                        : "; that of the server that is asked is " + ours.id())
                + ". If it is to change: drain it there, then on the host: systemctl stop knit-agent, remove the containers"
                + " with the label knit.cluster=" + theirs
                + " and /var/lib/knit/agent; then join it again");
    }

    private static String brokerOf(URI server) {
        String host = String.valueOf(server.getHost());
        if (host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]")) {
            throw new IllegalArgumentException("the server is asked at " + server
                    + ", where no other host finds it; say with --nats-url where its broker is for that one: --nats-url nats://10.54.0.1:"
                    + PORT);
        }
        return "nats://" + host + ":" + PORT;
    }

    /** Of versions that are numbers with points between them; a word in them counts as 0. None at all is older than any. */
    static boolean isOlder(String one, String other) {
        String[] left = one.split("[.~+-]", -1);
        String[] right = other.split("[.~+-]", -1);
        for (int i = 0; i < Math.max(left.length, right.length); i++) {
            int order = Integer.compare(number(left, i), number(right, i));
            if (order != 0) {
                return order < 0;
            }
        }
        return false;
    }

    private static int number(String[] parts, int place) {
        String part = place < parts.length ? parts[place] : "";
        return part.matches("\\d{1,9}") ? Integer.parseInt(part) : 0;
    }

    /** One line for each, in the words of {@code --dry-run}. */
    List<String> words(Host host) {
        List<String> words = new ArrayList<>();
        if (engine == null) {
            words.add("engine: " + engineIs(host, told));
        } else {
            words.add(engine.equals("install") ? "engine: install docker.io with apt-get" : "engine: start it");
        }
        words.add(file == null ? "package: " + why : "package: install " + file.shown());
        words.add("settings: " + (told.settings().isEmpty() ? "as they are" : String.join(", ", told.words())));
        if (told.broker().isEmpty()) {
            words.add("broker: as it is, " + Secrets.hide(host.fact("broker")));
        }
        words.add("service: enable and start knit-agent");
        return words;
    }

    /** Of one that needs nothing done. */
    static String engineIs(Host host, Told told) {
        String engine = told.settings().containsKey(Setting.DOCKER_HOST.key()) ? "elsewhere" : host.fact("engine");
        return switch (engine) {
            case "elsewhere" -> "is where the agent's docker-host says";
            case "there" -> "answers";
            default -> "answers, " + engine;
        };
    }
}
