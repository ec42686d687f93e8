package io.knit.launcher.remote.care;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knit.api.KnitVersion;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.failed.FailedContainers;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.screen.Tone;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What is the matter, and how to mend it. */
@Command(
        name = "doctor",
        description = "Says what is the matter with the cluster, or with this host, and how to mend it.")
public final class Doctor extends Remote {
    @Option(names = "--local", description = "Look at this host, and ask no server.")
    private boolean local;

    @Option(
            names = "--engine",
            paramLabel = "SOCKET",
            description = "With --local: the engine's socket. Default: /var/run/docker.sock.")
    private Path engine = Path.of("/var/run/docker.sock");

    @Option(
            names = "--data-dir",
            paramLabel = "FOLDER",
            description = "With --local: where Knit keeps its files. Default: /var/lib/knit.")
    private Path folder = Path.of("/var/lib/knit");

    @Option(
            names = "--broker",
            paramLabel = "HOST:PORT",
            description = "With --local: whether the server's broker can be reached there.")
    private String broker = "";

    @Override
    protected boolean asksNobody() {
        return local;
    }

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        List<Finding> findings =
                local ? HostCheckup.of(engine, Path.of("/var/lib/docker"), folder, broker) : ofCluster(knit, printer);
        printer.print(
                tree(findings), list -> Listings.names(list, "about"), list -> lines(findings, printer.terminal()));
        return findings.stream().anyMatch(Finding::grave) ? Exit.FAILED : Exit.OK;
    }

    private static List<Finding> ofCluster(KnitClient knit, Printer printer) {
        JsonNode deployments = knit.deployments().path("deployments");
        boolean kept = false;
        for (JsonNode deployment : deployments) {
            kept |= FailedContainers.areKept(deployment.path("spec"));
        }
        List<Finding> findings = new ArrayList<>(ClusterCheckup.of(
                knit.nodes().path("nodes"), deployments, volumes(knit), printer.now(), KnitVersion.current()));
        for (FailedContainers.One one : kept ? FailedContainers.of(knit) : List.<FailedContainers.One>of()) {
            findings.add(Finding.slight(
                    "deployment " + one.deployment(),
                    "its container " + one.words() + " failed, and " + one.node() + " keeps it for people to look at",
                    one.looking()));
        }
        return findings;
    }

    /** A server of an older release tells of none. */
    private static JsonNode volumes(KnitClient knit) {
        try {
            return knit.volumes(null, null).path("volumes");
        } catch (KnitClientException e) {
            if (e.kind() != KnitClientException.Kind.NOT_FOUND) {
                throw e;
            }
            return JsonNodeFactory.instance.arrayNode();
        }
    }

    private static JsonNode tree(List<Finding> findings) {
        ArrayNode tree = JsonNodeFactory.instance.arrayNode();
        findings.forEach(finding -> tree.addObject()
                .put("grave", finding.grave())
                .put("about", finding.about())
                .put("what", finding.what())
                .put("mend", finding.mend()));
        return tree;
    }

    private static List<String> lines(List<Finding> findings, Terminal terminal) {
        List<String> lines = new ArrayList<>();
        for (Finding finding : findings) {
            String sign = terminal.toned(finding.grave() ? "✗" : "!", finding.grave() ? Tone.BAD : Tone.BUSY);
            lines.add(sign + " " + TextTable.shown(finding.about() + ": " + finding.what()));
            lines.add("  " + TextTable.shown(finding.mend()));
        }
        lines.add(
                findings.isEmpty()
                        ? terminal.toned("✓", Tone.GOOD) + " nothing is the matter"
                        : findings.stream().filter(Finding::grave).count() + " to mend, "
                                + findings.stream()
                                        .filter(finding -> !finding.grave())
                                        .count() + " to know");
        return lines;
    }
}
