package io.knit.core.server.rehearsal;

import io.knit.api.command.Plan.Action;
import io.knit.api.command.Plan.Downtime;
import io.knit.api.command.Plan.Service;
import io.knit.api.command.Plan.Step;
import io.knit.api.model.SlotKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** How well each deployment works meanwhile, put together from what becomes of its slots. */
final class Services {
    private Services() {}

    static List<Service> of(List<Step> steps, Map<String, Dips.Course> courses) {
        List<Service> services = new ArrayList<>();
        courses.forEach((name, course) -> {
            List<Step> own = steps.stream()
                    .filter(step -> step.deployment().equals(name) && step.action() != Action.STOP)
                    .toList();
            if (course.healthy() > 0 && !own.isEmpty()) {
                services.add(new Service(name, course.healthy(), course.worst(), together(own, course.outages())));
            }
        });
        return services;
    }

    /** One outage is over when the first of those that are waited for works: all of them are begun together, so the longest is meant. */
    private static Downtime together(List<Step> steps, List<Set<SlotKey>> outages) {
        Duration sum = Duration.ZERO;
        String words = "";
        for (Set<SlotKey> outage : outages) {
            Duration longest = Duration.ZERO;
            for (Step step : steps) {
                if (outage.contains(key(step)) && !step.downtime().isNone()) {
                    if (step.downtime().time() == null) {
                        return step.downtime();
                    }
                    words = words.isEmpty() ? step.downtime().words() : words;
                    Duration one = Objects.requireNonNull(step.downtime().time());
                    longest = one.compareTo(longest) > 0 ? one : longest;
                }
            }
            sum = sum.plus(longest);
        }
        String times = outages.size() > 1 ? outages.size() + " times: " : "";
        return sum.isZero() ? Downtime.NONE : new Downtime(sum, times + words);
    }

    private static SlotKey key(Step step) {
        return step.key() == null ? SlotKey.of(step.slot()) : SlotKey.of(step.key());
    }
}
