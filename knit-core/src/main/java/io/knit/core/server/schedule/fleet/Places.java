package io.knit.core.server.schedule.fleet;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Accounts by their places. Immutable: a change copies one page and the list of pages, some hundred references each with ten thousand nodes,
 * and reading is as fast as from an array, which a search through all nodes of a zone needs.
 */
final class Places {
    static final Places EMPTY = new Places(new Account[0][]);
    private static final int PAGE = 64;

    private final @Nullable Account[][] pages;

    private Places(@Nullable Account[][] pages) {
        this.pages = pages;
    }

    @Nullable
    Account get(int place) {
        return pages[place / PAGE][place % PAGE];
    }

    Places with(int place, @Nullable Account account) {
        int page = place / PAGE;
        @Nullable Account[][] next = Arrays.copyOf(pages, Math.max(pages.length, page + 1));
        next[page] = page < pages.length ? pages[page].clone() : new Account[PAGE];
        next[page][place % PAGE] = account;
        return new Places(next);
    }
}
