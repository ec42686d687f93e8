package io.knit.core.server.documents.upgrade;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * How documents of an older form become those of the present one. The forms are numbered, from 1; a store says its number in its
 * {@code meta} document, and one of Knit 0.1.0, which says none, has 1.
 *
 * <p>A field with a default needs no step: {@link io.knit.core.wire.WireCodec} fills it in. A step is for a document that is renamed,
 * parted, or means something else than before; the number rises with each, so that an older server does not misread what it can't know.
 */
public final class Upgrades {
    /** Those of this version. */
    public static final Upgrades KNOWN =
            new Upgrades(List.of(new Parting(), new SpecParting(), new EventGathering(), new SlotMoving()));

    private final List<Step> steps;

    /** @param steps the first leads from form 1 to 2 */
    public Upgrades(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    /** A document as it is while it is upgraded. The step may change the body that it is given. */
    public record Tree(String table, String key, ObjectNode body) {}

    /** From one form to the next. Pure; sees one document at a time, in any order, the {@code meta} document too. */
    @FunctionalInterface
    public interface Step {
        /** What becomes of the document: itself, several, or none. */
        List<Tree> apply(Tree document);
    }

    /** The number of the form that is written. */
    public int newest() {
        return steps.size() + 1;
    }

    /** What the document is in the newest form. */
    public List<Tree> apply(int form, Tree document) {
        List<Tree> now = List.of(document);
        for (Step step : steps.subList(form - 1, steps.size())) {
            now = now.stream().flatMap(it -> step.apply(it).stream()).toList();
        }
        return now;
    }
}
