package io.knit.core.server.schedule.fit;

import io.knit.api.model.Node;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.wish.Wish;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What every node answers to a wish, for people who ask: a {@link Refusal} names three. */
public final class Survey {
    private Survey() {}

    /**
     * By node; the words are empty where nothing is against it.
     *
     * @param most so many nodes are asked
     */
    public static List<Refusal.Sample> of(Wish wish, Fleet fleet, int most) {
        List<Refusal.Sample> answers = new ArrayList<>();
        for (Account account : fleet.asked(wish)) {
            if (answers.size() == most) {
                break;
            }
            Node node = Objects.requireNonNull(account.node());
            Left left = Left.of(account, wish, fleet);
            Misfit cause = Filters.refuse(wish, node, left, fleet);
            String words = cause == null ? "" : Filters.words(cause, wish, node, left, fleet);
            answers.add(new Refusal.Sample(node.id(), words));
        }
        return answers;
    }
}
