package io.knit.core.server.dashboard.render;

import io.knit.api.command.Rendering;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What the page of rendered files shows.
 *
 * @param compared what it is compared with, in words
 * @param words why there is nothing; else empty
 */
record RenderView(
        String deployment, String compared, List<String> reads, List<OnNode> nodes, int leftOff, String words) {

    /** The files of one node. */
    record OnNode(String node, String slots, List<FileRow> files) {}

    /** One line of a difference. */
    record Line(String kind, String text) {}

    /**
     * A file.
     *
     * @param state what becomes of it, by one word
     * @param notes what is to be known of what is shown
     * @param text all of it; empty: it is none, or there is none
     */
    record FileRow(
            String destination,
            String state,
            String tone,
            String problem,
            List<String> notes,
            List<Line> diff,
            String text,
            boolean shown) {}

    static RenderView of(Rendering rendering) {
        Integer current = rendering.current();
        return new RenderView(
                rendering.deployment(),
                current == null
                        ? "Nothing of that name is deployed yet."
                        : "Compared with revision " + current + ", which is deployed.",
                rendering.reads().stream().map(RenderView::words).toList(),
                rendering.nodes().stream()
                        .map(node -> new OnNode(
                                node.node(),
                                slots(node.slots()),
                                node.files().stream().map(RenderView::row).toList()))
                        .toList(),
                rendering.leftOff(),
                rendering.words());
    }

    private static String words(Rendering.Read read) {
        String what = read.kind().words() + " " + read.name() + ": ";
        Integer version = read.version();
        Integer current = read.current();
        if (version == null) {
            return what + "not read any more";
        }
        return current == null || current.equals(version)
                ? what + "version " + version
                : what + "version " + version + ", deployed is " + current;
    }

    private static String slots(List<Integer> slots) {
        if (slots.isEmpty()) {
            return "no slot would be there";
        }
        return slots.size() == 1 ? "slot " + slots.get(0) : slots.size() + " slots; of slot " + slots.get(0);
    }

    private static FileRow row(Rendering.File file) {
        String diff = file.diff();
        String text = file.text();
        List<String> notes = new ArrayList<>();
        if (!file.unknown().isEmpty()) {
            notes.add("Not shown, or not known yet: " + String.join(", ", file.unknown()) + ".");
        }
        if (!file.workedOut().isEmpty()) {
            notes.add("Worked out from what is not shown: line "
                    + String.join(
                            ", ", file.workedOut().stream().map(String::valueOf).toList()) + ".");
        }
        String base64 = file.base64();
        if (base64 != null) {
            notes.add("It is no text, and has " + Base64.getDecoder().decode(base64).length + " bytes.");
        }
        State state = state(file);
        return new FileRow(
                file.destination(),
                state.word,
                state.tone,
                file.problem(),
                notes,
                diff == null ? List.of() : lines(diff),
                text == null ? "" : text,
                text != null);
    }

    private enum State {
        BAD("can't be rendered", "bad"),
        REMOVED("goes", "warn"),
        NEW("rendered", "good"),
        SAME("as it is now", "quiet"),
        CHANGED("changes", "busy");

        final String word;
        final String tone;

        State(String word, String tone) {
            this.word = word;
            this.tone = tone;
        }
    }

    private static State state(Rendering.File file) {
        if (!file.problem().isEmpty()) {
            return State.BAD;
        }
        if (file.removed()) {
            return State.REMOVED;
        }
        String diff = file.diff();
        return diff == null ? State.NEW : diff.isEmpty() ? State.SAME : State.CHANGED;
    }

    private static List<Line> lines(String diff) {
        List<Line> lines = new ArrayList<>();
        // what stands before the first place says what is compared
        boolean placed = !diff.startsWith("---");
        for (String text : diff.lines().toList()) {
            placed |= text.startsWith("@@");
            lines.add(new Line(placed ? kind(text) : "span", text));
        }
        return lines;
    }

    private static String kind(String text) {
        if (text.startsWith("+")) {
            return "ins";
        }
        return text.startsWith("-") ? "del" : "span";
    }
}
