package io.knit.launcher.remote.care;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.spi.runtime.KnitLabels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What an engine has of Knit's that is of no agent here, and which line would remove it (pure). */
final class Orphans {
    /** As Knit names clusters and nodes; with anything else in it a label is somebody else's, and no word for a shell. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");

    private static final int SHOWN = 5;

    private final List<Agent> here;
    private final String known;
    private final String docker;
    private final List<Finding> findings = new ArrayList<>();

    private Orphans(List<Agent> here, Path knit, String docker) {
        this.here = here;
        this.known = here.isEmpty()
                ? "no agent that has joined one has its files in " + knit
                : here.stream()
                        .map(agent -> "the agent here is node " + agent.node() + " of cluster " + agent.cluster())
                        .collect(Collectors.joining(", "));
        this.docker = docker;
    }

    /**
     * An agent, by what it labels with.
     *
     * @param node empty: of a network, which all agents of a cluster share
     */
    record Agent(String cluster, String node) {}

    /**
     * @param containers as the engine lists them, with {@link KnitLabels#CLUSTER}; so volumes and networks
     * @param here the agents of this host
     * @param knit where those were looked for
     * @param docker how the engine is spoken to, such as {@code docker}
     */
    static List<Finding> of(
            JsonNode containers, JsonNode volumes, JsonNode networks, List<Agent> here, Path knit, String docker) {
        Orphans orphans = new Orphans(here, knit, docker);
        orphans.find("containers", containers, "rm -f $(", "ps -aq", "");
        orphans.find("volumes", volumes, "volume rm $(", "volume ls -q", ", with what is in them");
        orphans.find("networks", networks, "network rm $(", "network ls -q", "");
        return List.copyOf(orphans.findings);
    }

    private void find(String what, JsonNode list, String remove, String which, String also) {
        Map<String, List<String>> names = new TreeMap<>();
        Map<String, Agent> makers = new TreeMap<>();
        for (JsonNode each : list) {
            JsonNode labels = each.path("Labels");
            Agent maker = new Agent(
                    labels.path(KnitLabels.CLUSTER).asText(),
                    labels.path(KnitLabels.NODE).asText());
            if (isKnits(maker) && here.stream().noneMatch(agent -> isOf(maker, agent))) {
                makers.put(maker.toString(), maker);
                names.computeIfAbsent(maker.toString(), none -> new ArrayList<>())
                        .add(name(each));
            }
        }
        names.forEach((key, its) -> {
            Agent maker = Objects.requireNonNull(makers.get(key));
            findings.add(Finding.slight(
                    what,
                    said(its.size(), maker) + known + ": " + shown(its),
                    "if no agent of this host is to have them any more, remove them" + also + ": " + docker + " "
                            + remove + docker + " " + which + filter(maker) + ")"));
        });
    }

    private static boolean isKnits(Agent maker) {
        return WORD.matcher(maker.cluster()).matches()
                && (maker.node().isEmpty() || WORD.matcher(maker.node()).matches());
    }

    private static boolean isOf(Agent maker, Agent agent) {
        return maker.cluster().equals(agent.cluster())
                && (maker.node().isEmpty() || maker.node().equals(agent.node()));
    }

    private static String said(int count, Agent maker) {
        return (count == 1 ? "1 is" : count + " are") + " of "
                + (maker.node().isEmpty() ? "" : "node " + maker.node() + " of ") + "cluster " + maker.cluster()
                + ", and ";
    }

    private static String shown(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
                + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
    }

    private static String name(JsonNode each) {
        String of = each.has("Names")
                ? each.path("Names").path(0).asText()
                : each.path("Name").asText();
        return of.startsWith("/") ? of.substring(1) : of;
    }

    private static String filter(Agent maker) {
        return " --filter label=" + KnitLabels.CLUSTER + "=" + maker.cluster()
                + (maker.node().isEmpty() ? "" : " --filter label=" + KnitLabels.NODE + "=" + maker.node());
    }
}
