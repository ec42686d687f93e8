package io.knit.core.server.dashboard.show;

import io.knit.api.command.Plan;
import io.knit.api.command.Plan.Action;
import io.knit.api.command.Plan.Downtime;
import io.knit.api.spi.Durations;
import java.util.List;
import java.util.Locale;

/**
 * What the page shows of a plan before it is done.
 *
 * @param words what is about to be done
 * @param steps those that change something, at most so many as one can read
 * @param more how many are left out
 * @param kept how many slots stay as they are
 */
public record PlanView(
        String words,
        boolean changes,
        boolean whole,
        List<Plan.FieldChange> diff,
        List<StepRow> steps,
        int more,
        long kept,
        List<String> services) {
    private static final int MAX_STEPS = 100;

    public record StepRow(
            String deployment, String slot, String action, String from, String to, String reason, String downtime) {}

    public static PlanView of(Plan plan) {
        List<Plan.Step> changing = plan.steps().stream()
                .filter(step -> step.action() != Action.KEEP)
                .toList();
        return new PlanView(
                plan.command(),
                plan.changes(),
                plan.whole(),
                plan.diff(),
                changing.stream().limit(MAX_STEPS).map(PlanView::row).toList(),
                Math.max(0, changing.size() - MAX_STEPS),
                plan.steps().size() - changing.size(),
                plan.services().stream().map(PlanView::words).toList());
    }

    private static StepRow row(Plan.Step step) {
        return new StepRow(
                step.deployment(),
                step.key() == null ? Integer.toString(step.slot()) : step.key(),
                step.action().name().toLowerCase(Locale.ROOT),
                step.from() == null ? "" : step.from(),
                step.to() == null ? "" : step.to(),
                step.reason(),
                words(step.downtime()));
    }

    private static String words(Plan.Service service) {
        String worst = service.deployment() + ": " + service.healthy() + " of its instances "
                + (service.healthy() == 1 ? "is" : "are") + " healthy now, and "
                + service.worst() + " at the worst moment";
        if (service.downtime().isNone()) {
            return worst;
        }
        return worst
                + (service.downtime().time() == null ? "; then none, " : "; then none for ")
                + words(service.downtime());
    }

    /** Empty: none. */
    private static String words(Downtime downtime) {
        if (downtime.isNone()) {
            return "";
        }
        return downtime.time() == null
                ? downtime.words()
                : "about " + Durations.text(downtime.time()) + ": " + downtime.words();
    }
}
