package io.knit.core.server.dashboard.node;

import io.knit.api.foresight.Foretold;
import io.knit.api.foresight.Scenario;
import io.knit.api.spi.Durations;
import io.knit.core.server.dashboard.show.Tones;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What the page of what is foretold shows, at most so much as one can read.
 *
 * @param words how it ends
 * @param supposed what it goes by
 */
record WhatIfView(
        String title,
        String words,
        String supposed,
        List<FateRow> fates,
        int moreFates,
        List<MoveRow> moves,
        int moreMoves,
        List<MomentRow> timeline,
        int moreMoments) {
    private static final int SHOWN = 200;
    private static final List<String> WORST_FIRST = List.of("bad", "warn", "good");
    private static final Duration COARSE = Duration.ofMinutes(1);

    /** How a deployment fares. */
    record FateRow(String name, String tone, String healthy, String words, List<String> problems) {}

    /** Where a slot goes. */
    record MoveRow(String at, String deployment, String slot, String way, String reason) {}

    /** What is told, and when. */
    record MomentRow(String at, String tone, String message, String type) {}

    static WhatIfView of(String title, Foretold foretold, Scenario.Pace pace) {
        return new WhatIfView(
                title,
                end(foretold),
                "Nodes are supposed to fetch an image in " + Durations.text(pace.fetch()) + ", to start it in "
                        + Durations.text(pace.start()) + " and to stop it in " + Durations.text(pace.stop()) + ".",
                fates(foretold),
                Math.max(0, foretold.deployments().size() - SHOWN),
                foretold.moves().stream().limit(SHOWN).map(WhatIfView::row).toList(),
                Math.max(0, foretold.moves().size() - SHOWN),
                foretold.timeline().stream()
                        .limit(SHOWN)
                        .map(moment -> new MomentRow(
                                after(moment.at()), Tones.ofEvent(moment.type()), moment.message(), moment.type()))
                        .toList(),
                Math.max(0, foretold.timeline().size() - SHOWN));
    }

    /** By their names; of more than are shown those that fare worst. */
    private static List<FateRow> fates(Foretold foretold) {
        List<FateRow> all = foretold.deployments().stream().map(WhatIfView::row).toList();
        return all.size() <= SHOWN
                ? all
                : all.stream()
                        .sorted(Comparator.comparing(row -> WORST_FIRST.indexOf(row.tone())))
                        .limit(SHOWN)
                        .toList();
    }

    private static String end(Foretold foretold) {
        if (!foretold.whole()) {
            return "It is too much to work out all of it; this is how it begins.";
        }
        if (foretold.timeline().isEmpty() && foretold.deployments().isEmpty()) {
            return "Nothing would happen.";
        }
        return foretold.settled()
                ? "All of it would be over after " + after(foretold.took()) + "."
                : "After " + Durations.text(Scenario.USUAL) + " something would still happen.";
    }

    private static FateRow row(Foretold.Fate fate) {
        boolean well = fate.problems().isEmpty() && fate.after() >= fate.wanted();
        String tone = !well ? "bad" : fate.fewest() < fate.before() ? "warn" : "good";
        String healthy = fate.wanted() == 0 ? "gone" : fate.after() + " of " + fate.wanted() + " healthy";
        List<String> words = new ArrayList<>();
        words.add(fate.before() + " healthy now");
        if (fate.fewest() < fate.before()) {
            words.add(fate.fewest() + " at the worst moment, after " + after(fate.fewestAt()));
        }
        words.add(fate.after() + " at the end");
        return new FateRow(fate.name(), tone, healthy, String.join("; ", words), fate.problems());
    }

    /** Of more than a minute, nobody counts the milliseconds. */
    private static String after(Duration time) {
        return Durations.text(time.compareTo(COARSE) < 0 ? time : time.truncatedTo(ChronoUnit.SECONDS));
    }

    private static MoveRow row(Foretold.Move move) {
        String way = move.from() == null
                ? "to " + move.to()
                : move.to() == null ? "goes from " + move.from() : move.from() + " → " + move.to();
        return new MoveRow(after(move.at()), move.deployment(), move.slot(), way, move.reason());
    }
}
