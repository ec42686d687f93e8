package io.knit.launcher.remote.join;

import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.ssh.HostAnswer;
import io.knit.launcher.remote.ssh.NotDone;
import io.knit.launcher.remote.ssh.Script;
import io.knit.launcher.remote.ssh.Ssh;
import io.knit.launcher.remote.ssh.SshTarget;
import io.knit.launcher.settings.Secrets;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Takes the steps on the host, and says each in a line. What a step of an earlier try has done is found done. */
final class Joining {
    private static final Duration TO_LOOK = Duration.ofMinutes(1);
    private static final Duration TO_SEND = Duration.ofMinutes(30);
    private static final Duration TO_INSTALL = Duration.ofMinutes(15);
    private static final Duration TO_START = Duration.ofMinutes(2);

    private final SshTarget target;
    private final Ssh ssh;
    private final Consumer<String> say;

    Joining(SshTarget target, Ssh ssh, Consumer<String> say) {
        this.target = target;
        this.ssh = ssh;
        this.say = say;
    }

    /** What is there. */
    Host look() {
        Host host = Host.seen(target, ssh.run(Script.of(Join.class, "look"), TO_LOOK));
        say.accept(target + ": " + host.system() + ", " + host.arch() + (host.isRoot() ? ", as root" : ", by sudo"));
        if (!host.isRoot()) {
            ssh.useSudo();
        }
        return host.surveyed(target, ssh.run(Script.of(Join.class, "survey"), TO_LOOK));
    }

    /**
     * Installs what is missing, tells the agent what it is to know and starts it.
     *
     * @return the node it is, and whether it was started anew
     */
    Started take(JoinSteps steps, Host host) {
        engine(steps, host);
        install(steps);
        String broker = steps.told().broker().isEmpty()
                ? host.fact("broker")
                : steps.told().broker();
        HostAnswer answer = ssh.run(
                Script.of(Join.class, "settings")
                        .with("keys", steps.told().keys())
                        .with("lines", steps.told().lines()),
                TO_START);
        require(answer, "the agent could not be started; see on the host: journalctl -u knit-agent");
        boolean kept = answer.facts().containsKey("kept");
        say.accept((kept ? "the agent is told nothing new and runs on" : "started the agent") + ", its broker is "
                + Secrets.hide(broker));
        if (answer.fact("node").isEmpty()) {
            throw new NotDone(
                    Exit.FAILED, "the agent does not start; mend what it says, and join the host again", log(broker));
        }
        return new Started(answer.fact("node"), kept, broker, host.node().isPresent());
    }

    /**
     * An agent that runs.
     *
     * @param kept it was told nothing new, and was not started anew
     * @param member whether it was a node of some cluster before
     */
    record Started(String node, boolean kept, String broker, boolean member) {}

    private void engine(JoinSteps steps, Host host) {
        if (steps.engine() == null) {
            say.accept("the engine " + JoinSteps.engineIs(host, steps.told()));
            return;
        }
        say.accept(steps.engine().equals("install") ? "installing the engine (docker.io)" : "starting the engine");
        HostAnswer answer = ssh.run(Script.of(Join.class, "engine").with("how", steps.engine()), TO_INSTALL);
        require(
                answer,
                "no engine could be had on " + target
                        + "; see to it there (apt-get install docker.io), and join it again");
        say.accept("the engine answers, " + answer.fact("engine"));
    }

    private void install(JoinSteps steps) {
        PackageFile file = steps.file();
        if (file == null) {
            say.accept(steps.why());
            return;
        }
        say.accept("sending " + file.shown());
        HostAnswer place = ssh.run(Script.of(Join.class, "cache"), TO_LOOK);
        require(place, "there is no place for the package on " + target + "; make room in /var/cache");
        require(
                ssh.send(file.file(), place.fact("cache") + "/package", TO_SEND),
                "the package could not be sent to " + target + "; make room in /var/cache");
        HostAnswer done = ssh.run(
                Script.of(Join.class, "install").with("kind", file.kind()).with("digest", file.digest()), TO_INSTALL);
        require(
                done,
                "the package could not be installed on " + target + "; mend what it says, and join the host again");
        say.accept("installed Knit " + done.fact("installed"));
    }

    /**
     * Until the agent is taken in.
     *
     * @return whether the host says so; false: nothing there tells, as nothing is kept of what services write
     */
    boolean awaitMember(Started started, Duration most) {
        HostAnswer answer = ssh.run(
                Script.of(Join.class, "await")
                        .with("seconds", String.valueOf(Math.max(1, most.toSeconds())))
                        .with("kept", started.kept() ? "yes" : "")
                        .with("member", started.member() ? "yes" : ""),
                most.plusSeconds(30));
        if (answer.facts().containsKey("joined") || answer.facts().containsKey("unseen")) {
            return answer.facts().containsKey("joined");
        }
        String refused = answer.fact("refused");
        if (!refused.isEmpty()) {
            throw new NotDone(
                    Exit.REFUSED,
                    "the server does not take in " + started.node() + undone(started)
                            + "; give it what it wants (--join-token-file, --node-id), and join the host again",
                    List.of(refused));
        }
        if (answer.facts().containsKey("ended")) {
            throw new NotDone(
                    Exit.FAILED,
                    "the agent does not stay up" + undone(started) + "; mend what it says, and join the host again",
                    answer.last());
        }
        throw late(started, most, "", false);
    }

    /** What a host is that was a node before, and was told something else, goes on with. */
    private String undone(Started started) {
        if (!started.member() || started.kept()) {
            return "";
        }
        HostAnswer answer = ssh.run(Script.of(Join.class, "undo"), TO_START);
        return answer.exit() == 0 ? ", and is told again what it was told before" : "";
    }

    /** The node is ready: there is no way back any more, nor need of one. */
    void settle(Started started) {
        if (!started.kept()) {
            require(
                    ssh.run(Script.of(Join.class, "settle"), TO_LOOK),
                    "the node is ready, and what its agent was told before could not be removed; see what it says");
        }
    }

    /**
     * In time the node was not ready.
     *
     * @param taken whether the host says that its agent was taken in
     */
    NotDone late(Started started, Duration most, String state, boolean taken) {
        List<String> said = log(started.broker());
        if (taken && !started.kept()) {
            // what it was told it goes on with: the next join that fails goes back to that, and not behind it
            attempt("settle");
        }
        String undone = taken ? "" : undone(started);
        return new NotDone(
                Exit.TIMED_OUT,
                "node " + started.node() + " is not ready within " + most.toSeconds() + " s"
                        + (state.isEmpty() ? "" : ": it is " + state)
                        + (undone.isEmpty()
                                ? "; the agent goes on trying: knit nodes shows it"
                                : undone + "; see what it says, and join the host again"),
                said);
    }

    /** Some server took the agent in, but not the one that is asked. */
    NotDone takenElsewhere(Started started, String server) {
        List<String> said = log(started.broker());
        return new NotDone(
                Exit.REFUSED,
                "the agent of " + started.node() + " was taken in at " + Secrets.hide(started.broker())
                        + ", but the server at " + server + " has no such node" + undone(started)
                        + "; ask the server of that cluster (--server, --context), or give the broker of this one (--nats-url)",
                said);
    }

    /** Also where the host is not reached any more. */
    private void attempt(String step) {
        try {
            ssh.run(Script.of(Join.class, step), TO_LOOK);
        } catch (NotDone e) {
            // a join to come sees from the agent's own word that it was taken in
        }
    }

    private List<String> log(String broker) {
        try {
            return ssh.run(Script.of(Join.class, "log").with("broker", address(broker)), TO_LOOK)
                    .last();
        } catch (NotDone e) {
            return e.said();
        }
    }

    /** Of the first of several, {@code host:port}; empty where it has none that could be asked for. */
    private static String address(String broker) {
        try {
            URI uri = URI.create(broker.split(",", 2)[0]);
            return uri.getHost() == null || uri.getPort() < 0 ? "" : uri.getHost() + ":" + uri.getPort();
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static void require(HostAnswer answer, String otherwise) {
        if (answer.exit() != 0) {
            throw new NotDone(Exit.FAILED, otherwise, answer.last());
        }
    }
}
