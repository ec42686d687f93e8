package io.knit.launcher.remote.care;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.launcher.remote.show.Listings;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is the matter with a cluster, by what its server tells of it (pure). */
final class ClusterCheckup {
    /** Heartbeats come every 3 s, and a node is down after 12 s. */
    private static final Duration MOST_APART = Duration.ofSeconds(30);
    /** More than a slow link makes of it. */
    private static final Duration CLOCKS_APART = Duration.ofSeconds(5);

    private final Instant now;
    private final String version;
    private final List<Finding> findings = new ArrayList<>();

    private ClusterCheckup(Instant now, String version) {
        this.now = now;
        this.version = version;
    }

    /**
     * All that is the matter, the nodes' first.
     *
     * @param version this program's
     */
    static List<Finding> of(JsonNode nodes, JsonNode deployments, JsonNode volumes, Instant now, String version) {
        ClusterCheckup checkup = new ClusterCheckup(now, version);
        boolean ready = false;
        for (JsonNode node : nodes) {
            ready |= Listings.text(node, "state").equals("ready");
            checkup.node(node);
        }
        if (!ready) {
            checkup.findings.add(Finding.grave(
                    "nodes",
                    "none is ready, so nothing can be placed",
                    "start an agent: knit agent start --nats-url nats://SERVER:4222"));
        }
        checkup.clock(nodes);
        deployments.forEach(checkup::deployment);
        volumes.forEach(volume -> checkup.volume(volume, deployments));
        return List.copyOf(checkup.findings);
    }

    private void node(JsonNode node) {
        String about = "node " + Listings.text(node, "id");
        String why = Listings.text(node, "reason").isEmpty() ? "" : ": " + Listings.text(node, "reason");
        switch (Listings.text(node, "state")) {
            case "discovered" -> {
                findings.add(Finding.slight(
                        "host " + Listings.text(node, "hostname"),
                        "is on the mesh and has no agent" + why,
                        "start one there, if it shall take work: knit agent start"));
                return;
            }
            case "down" ->
                findings.add(Finding.grave(
                        about,
                        "is down" + why,
                        "see to its host, and to its agent's log (journalctl -u knit-agent); if it is gone for good: knit node rm "
                                + Listings.text(node, "id")));
            case "suspect" ->
                findings.add(Finding.slight(
                        about,
                        "is silent for a moment, and gets no new work" + why,
                        "if it stays so, see to its host and network"));
            default -> {
                condition(about, node);
                ownClock(about, node);
            }
        }
        String agent = Listings.text(node, "agent_version");
        if (!agent.isEmpty() && !agent.equals(version)) {
            findings.add(Finding.slight(
                    about,
                    "has an agent " + agent + ", and this is knit " + version,
                    "upgrade the older one; containers run on meanwhile"));
        }
    }

    private void condition(String about, JsonNode node) {
        String condition = Listings.text(node, "condition");
        if (!condition.isEmpty()) {
            findings.add(Finding.grave(about, "takes no work: " + condition, mend(condition)));
        }
        String names = Listings.text(node, "names_fault");
        if (!names.isEmpty()) {
            findings.add(Finding.slight(
                    about,
                    names + "; they find those of their own node alone",
                    "free that address and port on the host, or start its agent as root or with CAP_NET_BIND_SERVICE"));
        }
        String routes = Listings.text(node, "routes_fault");
        if (!routes.isEmpty()) {
            findings.add(Finding.slight(
                    about,
                    "others are not told its containers' own addresses: " + routes,
                    "see what --container-subnet of its agent says, and docs/names.md"));
        }
        String availability = Listings.text(node, "availability");
        if (availability.equals("drained") || availability.equals("paused")) {
            String by = Listings.text(node, "availability_by");
            findings.add(Finding.slight(
                    about,
                    "is " + availability + (by.isEmpty() ? "" : " by " + by) + ", and takes nothing new",
                    "when that is over: knit node activate " + Listings.text(node, "id")));
        }
    }

    private void ownClock(String about, JsonNode node) {
        Duration ahead = Duration.ofMillis(node.path("clock_ahead_ms").asLong());
        if (ahead.abs().compareTo(CLOCKS_APART) >= 0) {
            findings.add(Finding.slight(
                    about,
                    "its clock is " + Listings.age(ahead.abs()) + (ahead.isNegative() ? " behind" : " ahead of")
                            + " the server's, so that times of what happens there do not fit others'",
                    "have both follow NTP: timedatectl set-ntp true"));
        }
    }

    private static String mend(String condition) {
        if (condition.contains("data folder can't be written")) {
            return "run knit doctor --local on that host: its disk is full or read-only, or the folder is another user's";
        }
        if (condition.contains("newest assignments") || condition.contains("holds assignments")) {
            return "what runs there is what was ordered before; on that host: journalctl -u knit-agent";
        }
        if (condition.contains("disk")) {
            return "make room on the host; docker system df shows what its images and containers take";
        }
        return condition.contains("engine")
                ? "see to the engine on the host: systemctl status docker; then knit doctor --local there"
                : "run knit doctor --local on that host";
    }

    /** When the server heard a ready node last, by its own clock, is a moment ago. */
    private void clock(JsonNode nodes) {
        Optional<Instant> heard = Optional.empty();
        for (JsonNode node : nodes) {
            for (JsonNode witness : node.path("seen_by")) {
                boolean counts = Listings.text(node, "state").equals("ready")
                        && Listings.text(witness, "witness").equals("heartbeat");
                Optional<Instant> at = counts ? instant(Listings.text(witness, "at")) : Optional.empty();
                heard = at.isPresent() && (heard.isEmpty() || at.get().isAfter(heard.get())) ? at : heard;
            }
        }
        heard.map(at -> Duration.between(at, now))
                .filter(apart -> apart.abs().compareTo(MOST_APART) > 0)
                .ifPresent(apart -> findings.add(Finding.grave(
                        "clock",
                        "the server's is about " + Listings.age(apart.abs())
                                + (apart.isNegative() ? " ahead of" : " behind") + " this host's",
                        "have both follow NTP: timedatectl set-ntp true")));
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private void deployment(JsonNode deployment) {
        String name = Listings.text(deployment, "name");
        String about = "deployment " + name;
        String explain = "knit explain " + name + " says more";
        String problem = Listings.text(deployment, "problem");
        if (!problem.isEmpty()) {
            findings.add(Finding.grave(
                    about,
                    problem,
                    "this is a fault of Knit's: knit explain " + name
                            + ", and what knit incident FILE writes is what a report of it needs"));
        }
        String why = why(deployment);
        switch (Listings.text(deployment, "status")) {
            case "pending", "degraded", "failed" ->
                findings.add(Finding.grave(
                        about,
                        "is " + Listings.text(deployment, "status") + (why.isEmpty() ? "" : ": " + why),
                        explain));
            case "deleting" ->
                findings.add(Finding.slight(
                        about,
                        "is being taken away, and something of it is left" + (why.isEmpty() ? "" : ": " + why),
                        "it goes when its node is back; if that is gone for good: knit node rm NODE"));
            default -> {
                if (Listings.text(deployment.path("rollout"), "phase").equals("paused")) {
                    findings.add(Finding.grave(
                            about,
                            "its rollout stopped: " + Listings.text(deployment.path("rollout"), "reason"),
                            "mend what it says and deploy again, or knit rollback " + name));
                } else if (deployment.path("paused").asBoolean()) {
                    findings.add(Finding.slight(about, "is paused", "to go on: knit resume " + name));
                }
            }
        }
    }

    /** One that no slot has any more is not removed by itself, nor here. */
    private void volume(JsonNode volume, JsonNode deployments) {
        String away = Listings.text(volume, "awaits");
        String about = "volume " + Listings.text(volume, "name") + " of " + Listings.text(volume, "deployment")
                + ", slot " + Listings.text(volume, "slot") + ", on " + Listings.text(volume, "node");
        if (volume.has("removing")) {
            if (!Listings.text(volume, "away").isEmpty() || away.contains("newer")) {
                findings.add(
                        Finding.slight(about, "is to go: " + away, "if its node is gone for good: knit node rm NODE"));
            }
        } else if (!volume.path("used").asBoolean() && isUnused(volume, deployments)) {
            findings.add(Finding.slight(
                    about,
                    "is not used, and takes room there; how much is not known",
                    "if what is in it is not needed: knit volume rm " + Listings.text(volume, "deployment") + " "
                            + Listings.text(volume, "slot") + " " + Listings.text(volume, "name") + " --node "
                            + Listings.text(volume, "node")));
        }
    }

    /** Whether nothing is deployed that has its slot. A spec without it may have it again after a rollback. */
    private static boolean isUnused(JsonNode volume, JsonNode deployments) {
        for (JsonNode deployment : deployments) {
            for (JsonNode own : deployment.path("spec").path("volumes")) {
                if (own.path("of").equals(volume.path("deployment"))
                        && own.path("name").equals(volume.path("name"))) {
                    return false;
                }
            }
            if (Listings.text(deployment, "name").equals(Listings.text(volume, "deployment"))) {
                JsonNode spec = deployment.path("spec");
                String slot = Listings.text(volume, "slot");
                boolean replicated = spec.path("mode").asText("replicated").equals("replicated");
                return replicated
                        && slot.matches("\\d{1,9}")
                        && Integer.parseInt(slot) >= spec.path("replicas").asInt();
            }
        }
        return true;
    }

    /** What the first of its instances says that has anything to say. */
    private static String why(JsonNode deployment) {
        for (JsonNode instance : deployment.path("instances")) {
            if (!Listings.text(instance, "reason").isEmpty()) {
                return Listings.text(instance, "reason");
            }
        }
        return "";
    }
}
