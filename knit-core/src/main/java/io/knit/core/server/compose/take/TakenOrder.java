package io.knit.core.server.compose.take;

import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Part.Kind;
import io.knit.core.server.compose.text.Spot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What starts first. */
public final class TakenOrder {
    private static final String STARTED = "service_started";
    private static final String HEALTHY = "service_healthy";
    private static final String COMPLETED = "service_completed_successfully";
    private static final Set<String> CONDITIONS = Set.of(STARTED, HEALTHY, COMPLETED);

    private final ServiceReading in;
    private final String own;

    /** @param own the service's name */
    TakenOrder(ServiceReading in, String own) {
        this.in = in;
        this.own = own;
    }

    /** Whether what a service waits for is that another has ended, by that one's name. */
    public static Map<String, Boolean> waits(Part service) {
        Map<String, Boolean> waits = new LinkedHashMap<>();
        Part all = service.at("depends_on");
        if (all != null) {
            all.items().forEach(each -> waits.put(each.text(), false));
            all.members().forEach((name, each) -> {
                Part condition = each.at("condition");
                waits.put(name, condition != null && condition.text().equals(COMPLETED));
            });
        }
        return waits;
    }

    void take() {
        in.given("depends_on").ifPresent(part -> {
            if (part.is(Kind.MAP)) {
                part.members()
                        .forEach((name, each) -> one(name, part.spotOf(name), in.map(each, "depends_on." + name)));
            } else {
                in.values(part, "depends_on").forEach(each -> started(each.text(), each.spot(), true));
            }
        });
    }

    private void one(String name, Spot at, Part how) {
        String condition =
                ServiceReading.given(how, "condition").map(Part::text).orElse(STARTED);
        boolean required = ServiceReading.given(how, "required")
                .flatMap(part -> in.flag(part, "required"))
                .orElse(true);
        if (!CONDITIONS.contains(condition)) {
            in.refuse(
                    how.spotOf("condition"),
                    "condition: " + condition + " is not known",
                    "give one of "
                            + String.join(", ", CONDITIONS.stream().sorted().toList()));
        } else if (isBeside(name)) {
            beside(name, at, condition);
        } else if (on(name, at, required) && condition.equals(STARTED) && checked(name)) {
            stricter(name, at);
        }
    }

    private void started(String name, Spot at, boolean required) {
        if (isBeside(name)) {
            beside(name, at, STARTED);
        } else if (on(name, at, required) && checked(name)) {
            stricter(name, at);
        }
    }

    /** Whether a sidecar waits for what is in one instance with it. */
    private boolean isBeside(String name) {
        return TakenNetwork.isOfAnother(in)
                && in.draft
                        .json()
                        .path("name")
                        .asText()
                        .equals(in.around.deployments().get(name));
    }

    private void beside(String name, Spot at, String condition) {
        String main = TakenNetwork.ofWhom(in);
        if (name.equals(own)) {
            in.refuse(at, name + " waits for itself", "leave it out");
        } else if (condition.equals(COMPLETED)) {
            in.refuse(
                    at,
                    name + " is in one instance with what waits for its end here",
                    "leave it out, or give one of both its own network");
        } else if (condition.equals(HEALTHY) || !name.equals(main) && isBehind(name)) {
            in.remark(
                    at,
                    "a sidecar starts right after " + main + ", and is not kept until " + name
                            + (condition.equals(HEALTHY) ? " is healthy" : " has started"),
                    "have it try again until " + name + " answers");
        }
    }

    /** Sidecars start one after the other, as they stand in the file. */
    private boolean isBehind(String name) {
        List<String> order = List.copyOf(in.around.services().keySet());
        return order.indexOf(name) > order.indexOf(own);
    }

    private boolean checked(String name) {
        Part other = in.around.services().get(name);
        return other != null && ServiceReading.given(other, "healthcheck").isPresent();
    }

    private void stricter(String name, Spot at) {
        in.remark(at, "it waits until " + name + " is healthy, not only until it has started", "");
    }

    /** Whether it is waited for. */
    private boolean on(String name, Spot at, boolean required) {
        String deployment = in.around.deployments().get(name);
        if (deployment != null) {
            in.draft.add("depends_on", at, deployment);
            return true;
        } else if (!in.around.services().containsKey(name)) {
            in.refuse(at, "there is no service " + name, "add it, or leave it out here");
        } else if (required) {
            in.refuse(
                    at,
                    name + " is in none of the profiles that are given",
                    "give one of its profiles, too, or write required: false");
        } else {
            in.remark(at, name + " is in none of the profiles that are given, and is not waited for", "");
        }
        return false;
    }
}
