package io.knit.core.server.names;

import io.knit.core.wire.NamedDeployment;
import io.knit.core.wire.NamedInstance;
import io.knit.core.wire.NamesPage;
import io.knit.core.wire.WireCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The table that agents are told of, and what changed in it lately: who holds one of before is given what is other since. One thread at a time.
 */
public final class NamesLog {
    static final int MOST_VERSIONS = 2_000;
    static final int MOST_KEYS = 50_000;

    private final Deque<Version> versions = new ArrayDeque<>();
    private int keys;
    private NamesTable told;

    /**
     * One that was told.
     *
     * @param changed by which the next is other than it
     */
    private record Version(String digest, List<String> changed) {}

    public NamesLog(NamesTable told) {
        this.told = told;
    }

    public String digest() {
        return told.digest();
    }

    /**
     * Another table from now on.
     *
     * @param changed keys of entries that may be other; all that are
     * @param most about how many bytes a page has
     * @return what is to be told, in order; each is other than the one before it
     */
    public List<NamesPage> tell(NamesTable next, Collection<String> changed, String cluster, int most) {
        List<NamesPage> pages = new ArrayList<>();
        Iterator<String> rest = new TreeSet<>(changed).iterator();
        while (rest.hasNext()) {
            Page page = new Page();
            String from = told.digest();
            List<String> put = new ArrayList<>();
            while (rest.hasNext() && page.bytes < most) {
                String key = rest.next();
                Record entry = next.entry(key);
                if (!Objects.equals(entry, told.entry(key))) {
                    page.add(key, entry);
                    put.add(key);
                }
            }
            if (!put.isEmpty()) {
                // the last leads to that very table, whose digest is known
                told = rest.hasNext() ? told.with(put, next) : next;
                remember(new Version(from, List.copyOf(put)));
                pages.add(page.of(cluster, from, told.digest(), null));
            }
        }
        return pages;
    }

    private void remember(Version version) {
        versions.addLast(version);
        keys += version.changed().size();
        while (versions.size() > MOST_VERSIONS || keys > MOST_KEYS) {
            keys -= versions.removeFirst().changed().size();
        }
    }

    /**
     * What is other since the table that is held, or all of it.
     *
     * @param have digest of that table; null: none
     * @param after where the page before ended; null: it is the first
     * @param most about how many bytes it has
     */
    public NamesPage page(String cluster, @Nullable String have, @Nullable String after, int most) {
        Optional<NavigableSet<String>> since = have == null ? Optional.empty() : since(have);
        Collection<String> rest = since.<Collection<String>>map(all -> after == null ? all : all.tailSet(after, false))
                .orElseGet(() -> told.after(after).keySet());
        Page page = new Page();
        String last = null;
        for (String key : rest) {
            if (page.bytes >= most) {
                return page.of(cluster, since.isPresent() ? have : null, told.digest(), last);
            }
            page.add(key, told.entry(key));
            last = key;
        }
        return page.of(cluster, since.isPresent() ? have : null, told.digest(), null);
    }

    /** Keys of what changed since; empty: that is not known any more. */
    private Optional<NavigableSet<String>> since(String have) {
        NavigableSet<String> changed = new TreeSet<>();
        if (have.equals(told.digest())) {
            return Optional.of(changed);
        }
        Iterator<Version> back = versions.descendingIterator();
        while (back.hasNext()) {
            Version version = back.next();
            changed.addAll(version.changed());
            if (version.digest().equals(have)) {
                return Optional.of(changed);
            }
        }
        return Optional.empty();
    }

    /** One that is being written. */
    private static final class Page {
        private final List<NamedDeployment> deployments = new ArrayList<>();
        private final List<NamedInstance> instances = new ArrayList<>();
        private final List<String> goneDeployments = new ArrayList<>();
        private final List<String> goneInstances = new ArrayList<>();
        private int bytes;

        void add(String key, @Nullable Record entry) {
            bytes += entry == null ? key.length() : WireCodec.encode(entry).length;
            if (entry instanceof NamedDeployment deployment) {
                deployments.add(deployment);
            } else if (entry instanceof NamedInstance instance) {
                instances.add(instance);
            } else {
                (NamesTable.isDeployment(key) ? goneDeployments : goneInstances).add(NamesTable.name(key));
            }
        }

        NamesPage of(String cluster, @Nullable String from, String digest, @Nullable String next) {
            return new NamesPage(
                    WireCodec.VERSION,
                    cluster,
                    from,
                    digest,
                    deployments,
                    instances,
                    goneDeployments,
                    goneInstances,
                    next);
        }
    }
}
