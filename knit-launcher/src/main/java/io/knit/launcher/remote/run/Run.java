package io.knit.launcher.remote.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.client.ChangeTerms;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.live.Follower;
import io.knit.launcher.remote.live.ServerAbsence;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.CommandWords;
import io.knit.launcher.remote.typed.Refused;
import io.knit.launcher.remote.typed.SetOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A job of one attempt, and whoever started it beside it. */
@Command(
        name = "run",
        description = {
            "Runs a job once, shows what it writes, and ends with its exit code.",
            "What is piped in: echo hello | knit run -i alpine cat. A shell to talk to: knit run -it alpine sh."
        })
public final class Run extends Remote {
    private static final String NONE_OF_THAT_NAME = "revision_changed";
    private static final ChangeTerms NEW = ChangeTerms.none().onlyIf(0);
    private static final Duration TO_GO = Duration.ofSeconds(10);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration TO_LISTEN = Duration.ofSeconds(2);
    private static final int OF_SIGNALS = 128;

    @Option(names = "--name", paramLabel = "NAME", description = "The job's name. Default: run-IMAGE-RANDOM.")
    private String name = "";

    @Option(
            names = {"-e", "--env"},
            paramLabel = "KEY=VALUE",
            description = "A variable of the job's; KEY alone takes this command's own.")
    private final List<String> variables = new ArrayList<>();

    @Option(names = "--cpu", paramLabel = "CORES", description = "Cores that it needs, and gets at most.")
    private String cpu = "";

    @Option(names = "--memory", paramLabel = "SIZE", description = "Memory that it needs, and gets at most: 512MiB.")
    private String memory = "";

    @Option(names = "--node-label", paramLabel = "KEY=VALUE", description = "Only on a node that has this label.")
    private final List<String> labels = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Whatever else a spec has, such as pull=never or user=1000.")
    private final List<String> values = new ArrayList<>();

    @Option(names = "--timeout", paramLabel = "TIME", description = "It is stopped when it has run for so long.")
    private String timeout = "";

    @Option(
            names = {"-i", "--stdin"},
            description =
                    "Give it what this command reads, to its end; what it writes comes as it is. It is taken away,"
                            + " also with --keep, where the connection breaks before it has read all: it ends with 1"
                            + " then.")
    private boolean input;

    @Option(
            names = {"-t", "--tty"},
            description = "Give it a terminal, with -i one as large as this one, and every key.")
    private boolean terminal;

    @Option(
            names = {"-d", "--detach"},
            description = "Do not wait for it; print its name. It is taken away by knit undeploy.")
    private boolean detach;

    @Option(names = "--rm", description = "Take it away after its end. That is so unless --keep or --detach is given.")
    private boolean remove;

    @Option(names = "--keep", description = "Leave it after its end, so that knit status and knit explain tell of it.")
    private boolean keep;

    @Option(names = "--raw", description = "Leave control characters in what it writes, such as those for colours.")
    private boolean raw;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "What to run.")
    private String image = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "Its words, in place of the image's own command; all that stands behind IMAGE.")
    private final List<String> command = new ArrayList<>();

    private final AtomicInteger signal = new AtomicInteger();

    @Override
    protected void describe(CommandSpec spec) {
        spec.parser().stopAtPositional(true);
        spec.usageMessage().customSynopsis("knit run [OPTIONS] IMAGE [COMMAND...]");
    }

    @Override
    protected String ends() {
        return "Exit codes: the job's own. Knit's own failures say so in a line that begins with \"knit: \": 1 failed, 2 wrong"
                + " words, 4 not in time, 5 refused, 6 no server there; 130 and 143 after Ctrl-C and SIGTERM.";
    }

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        if (remove && (keep || detach)) {
            throw new IllegalArgumentException(
                    "--rm and " + (keep ? "--keep" : "--detach") + " say the opposite; leave one out");
        }
        boolean joins = input && !detach;
        if (joins && printer.isWhole()) {
            throw new IllegalArgumentException(
                    "-i shows what it writes as it is, and -o json or yaml as the server said it; leave one out");
        }
        boolean talks = joins ? talks(terminal, true, console) : terminal;
        ObjectNode spec = spec(new SecureRandom(), talks, joins);
        String job = spec.path("name").asText();
        try {
            return detach
                    ? detached(knit, spec, job, printer)
                    : beside(knit, spec, job, printer, console, joins ? joining(knit, talks, console) : null);
        } catch (KnitClientException e) {
            if (!e.isInDoubt()) {
                throw e;
            }
            return inDoubt(knit, job, e, console);
        }
    }

    private static int detached(KnitClient knit, ObjectNode spec, String job, Printer printer) {
        JsonNode taken = deploy(knit, spec);
        printer.print(taken, one -> List.of(job), one -> List.of(job));
        return Exit.OK;
    }

    private JobJoin joining(KnitClient knit, boolean talks, Console console) {
        return new JobJoin(knit, console, variables(), talks, terminal(1, console));
    }

    private int beside(
            KnitClient knit, ObjectNode spec, String job, Printer printer, Console console, @Nullable JobJoin joining) {
        if (console.ofProcess()) {
            Signals.take(number -> stop(knit, job, number, console));
        }
        try (Follower follower = new Follower(knit, job).start()) {
            follower.awaitOpen(TO_LISTEN);
            JsonNode taken = deploy(knit, spec);
            if (signal.get() != 0) {
                // it came before there was anything to stop
                takeAway(knit, job, console);
            }
            Attached attached = joining == null
                    ? new Attached(knit, job, new Output(console, raw, printer)::show)
                    : new Attached(knit, job, joining);
            return attached(attached, knit, follower, taken, job, printer, console);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Exit.FAILED;
        }
    }

    private ObjectNode spec(RandomGenerator random, boolean talks, boolean joins) {
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        spec.put("name", name.isEmpty() ? JobNames.of(image, random) : name);
        spec.put("image", image);
        if (!command.isEmpty()) {
            CommandWords.of(command).forEach(spec.putArray("args")::add);
        }
        spec.put("mode", "job");
        if (input) {
            spec.put("stdin", true);
        }
        if (joins) {
            // what another deploys is not held up for who never comes
            spec.putObject("labels").put(KnitLabels.JOINED, "true");
        }
        if (talks) {
            spec.put("tty", true);
        }
        ObjectNode once = spec.putObject("job").put("retries", 0);
        if (!timeout.isEmpty()) {
            once.put("timeout", timeout);
        }
        for (String variable : variables) {
            String[] pair = variable.split("=", 2);
            String value = pair.length == 2 ? pair[1] : variables().get(pair[0]);
            if (value != null && value.indexOf('\uFFFD') >= 0) {
                throw new IllegalArgumentException("-e " + pair[0] + ": its value has characters that this locale does"
                        + " not know, and that are lost; set LC_ALL=C.UTF-8");
            }
            if (value != null) {
                spec.withObject("/env").put(pair[0], value);
            }
        }
        for (String label : labels) {
            String[] pair = label.split("=", 2);
            if (pair.length < 2 || pair[0].isEmpty()) {
                throw new IllegalArgumentException("--node-label is written KEY=VALUE");
            }
            spec.withObject("/node_selector").put(pair[0], pair[1]);
        }
        List<String> all = new ArrayList<>();
        if (!cpu.isEmpty()) {
            all.add("resources.cpu=" + cpu);
        }
        if (!memory.isEmpty()) {
            all.add("resources.memory=" + memory);
        }
        all.addAll(values);
        SetOption.put(all, spec);
        return spec;
    }

    private static JsonNode deploy(KnitClient knit, ObjectNode spec) {
        try {
            return knit.deploy(spec, NEW).body();
        } catch (KnitClientException e) {
            if (e.problems().get(0).code().equals(NONE_OF_THAT_NAME)) {
                throw new Refused("there is a deployment " + spec.path("name").asText()
                        + " already, and it stays as it is; give another --name, or none");
            }
            throw e;
        }
    }

    /** Whether it was taken is not known. One that made up its own name can be nobody else's, and goes; of another only its user knows. */
    private int inDoubt(KnitClient knit, String job, KnitClientException why, Console console) {
        String words = job + " may have been taken, or not: "
                + String.valueOf(why.getMessage()).replaceFirst("; .*", "").replace("; ", ", ");
        boolean gone = false;
        if (name.isEmpty() && !detach) {
            try {
                knit.undeploy(job, ChangeTerms.none().waiting(TO_GO));
                gone = true;
            } catch (KnitClientException e) {
                // said below
            }
        }
        complain(
                words,
                gone
                        ? "it was taken, and is taken away again; start it anew"
                        : "knit status " + job + " shows it if it was, and knit undeploy " + job + " takes it away",
                console);
        return Exit.of(why);
    }

    private int attached(
            Attached attached,
            KnitClient knit,
            Follower follower,
            JsonNode taken,
            String job,
            Printer printer,
            Console console)
            throws InterruptedException {
        JobCourse end;
        try {
            end = attached.follow(follower, taken);
        } catch (KnitClientException e) {
            complain(
                    String.valueOf(e.getMessage()).replace("; ", ", "),
                    "the job may go on: knit logs -f " + job + " shows it, knit undeploy " + job + " takes it away",
                    console);
            return Exit.of(e);
        }
        String missed = attached.missed();
        String ungiven = attached.ungiven();
        if (ungiven != null) {
            boolean over = end != null && end.isOver();
            complain(
                    ungiven.replace("; ", ", "),
                    over ? "it may have ended as if that were all; start it anew" : "",
                    console);
        } else if (missed != null) {
            complain("not all that it wrote could be read: " + missed, "", console);
        }
        boolean vain = end != null && !end.isOver() && ungiven != null;
        if (vain) {
            if (takeAway(knit, job, new ServerAbsence(), console)) {
                complain(job + " was taken away: it could go on as if that were all", "start it anew", console);
            }
            if (signal.get() == 0) {
                return Exit.FAILED;
            }
        } else if (end != null && !keep) {
            takeAway(knit, job, console);
        }
        int code = ended(end, job, printer, console);
        // what read an end in the middle may well have ended well
        return code == Exit.OK && ungiven != null ? Exit.FAILED : code;
    }

    private int ended(@Nullable JobCourse end, String job, Printer printer, Console console) {
        if (signal.get() != 0) {
            return OF_SIGNALS + signal.get();
        }
        if (end == null) {
            complain(job + " was taken away before its end", "knit history tells by whom", console);
            return Exit.FAILED;
        }
        if (!end.isOver()) {
            complain(
                    job + " can't run: " + String.valueOf(end.waits()).replace("; ", ", "),
                    keep || detach
                            ? "it waits until it can; knit undeploy " + job + " takes it away"
                            : "nothing is left of it; with --detach it waits until it can",
                    console);
            return Exit.REFUSED;
        }
        if (end.exitCode() == null) {
            boolean late = !timeout.isEmpty() && end.reason().contains("did not end within");
            complain(
                    job + " has failed: " + end.reason().replace("; ", ", "),
                    late ? "give it a longer --timeout" : "",
                    console);
            return late ? Exit.TIMED_OUT : Exit.FAILED;
        }
        if (printer.isWhole()) {
            printer.event(
                    JsonNodeFactory.instance.objectNode().put("event", "end").put("exit_code", end.exitCode()));
        }
        return end.exitCode();
    }

    /** How the job ended is none the less so where that fails. */
    private static void takeAway(KnitClient knit, String job, Console console) {
        try {
            undeploy(knit, job);
        } catch (KnitClientException e) {
            notTakenAway(job, e, console);
        }
    }

    /**
     * Of one whose connection broke: its server may be away for a while.
     *
     * @return whether it is gone
     */
    private static boolean takeAway(KnitClient knit, String job, ServerAbsence absence, Console console)
            throws InterruptedException {
        try {
            while (!absence.look(() -> undeploy(knit, job), false)) {
                Thread.sleep(BETWEEN_LOOKS.toMillis());
            }
            return true;
        } catch (KnitClientException e) {
            notTakenAway(job, e, console);
            return false;
        }
    }

    private static boolean undeploy(KnitClient knit, String job) {
        try {
            knit.undeploy(job, ChangeTerms.none().waiting(TO_GO));
        } catch (KnitClientException e) {
            if (e.kind() != KnitClientException.Kind.NOT_FOUND) {
                throw e;
            }
        }
        return true;
    }

    private static void notTakenAway(String job, KnitClientException why, Console console) {
        complain(
                job + " could not be taken away: "
                        + String.valueOf(why.getMessage()).replace("; ", ", "),
                "it may go on; knit undeploy " + job + " takes it away",
                console);
    }

    /** The first one stops the job, and its last lines are waited for; the next one leaves. */
    private void stop(KnitClient knit, String job, int number, Console console) {
        if (!signal.compareAndSet(0, number)) {
            Runtime.getRuntime().halt(OF_SIGNALS + number);
        }
        console.complain(TextTable.shown(job) + " is being stopped; again, and it is not waited for");
        try {
            knit.undeploy(job, ChangeTerms.none());
        } catch (KnitClientException e) {
            if (e.kind() != KnitClientException.Kind.NOT_FOUND) {
                console.complain(TextTable.shown(
                        job + " could not be stopped: " + e.getMessage() + "; knit undeploy " + job + " does it"));
            }
        }
    }
}
