package io.knit.core.server.state;

import io.knit.api.model.Instance;
import io.knit.api.model.Order;
import io.knit.api.model.Preparation;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * All instances by id, and by what one looks for them. Immutable; a changed copy shares what did not change.
 *
 * @param byNode those that have the node, and those that it makes ready
 * @param waiting those that shall run and have no node
 */
record InstanceIndex(
        PSortedMap<String, Instance> all,
        PSortedMap<String, PSortedMap<String, Instance>> byNode,
        PSortedMap<String, PSortedMap<String, Instance>> byDeployment,
        PSortedMap<String, PSortedMap<String, Instance>> waiting) {
    static final InstanceIndex EMPTY =
            new InstanceIndex(TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

    /** Of all of these, by id. */
    static InstanceIndex of(SortedMap<String, Instance> all) {
        return new InstanceIndex(
                TreePMap.fromSortedMap(all),
                grouped(all, InstanceIndex::home),
                grouped(all, Instance::deployment),
                grouped(all, InstanceIndex::line));
    }

    private static PSortedMap<String, PSortedMap<String, Instance>> grouped(
            SortedMap<String, Instance> all, Function<Instance, @Nullable String> key) {
        TreeMap<String, PSortedMap<String, Instance>> groups = new TreeMap<>();
        TreeMap<String, TreeMap<String, Instance>> larger = new TreeMap<>();
        for (Instance each : all.values()) {
            String group = key.apply(each);
            if (group != null) {
                PSortedMap<String, Instance> one = TreePMap.singleton(each.id(), each);
                PSortedMap<String, Instance> first = groups.putIfAbsent(group, one);
                if (first != null) {
                    // most have one; others are put together here, and made at the end
                    larger.computeIfAbsent(group, name -> new TreeMap<>(first)).put(each.id(), each);
                }
            }
        }
        larger.forEach((group, members) -> groups.put(group, TreePMap.fromSortedMap(members)));
        return TreePMap.fromSortedMap(groups);
    }

    InstanceIndex without(@Nullable Instance old) {
        return old == null
                ? this
                : new InstanceIndex(
                        all.minus(old.id()),
                        minus(byNode, home(old), old),
                        minus(byDeployment, old.deployment(), old),
                        minus(waiting, line(old), old));
    }

    /** @param before the one of this id that is there; null: none */
    InstanceIndex with(@Nullable Instance before, Instance added) {
        return new InstanceIndex(
                all.plus(added.id(), added),
                move(byNode, before == null ? null : home(before), home(added), added),
                move(byDeployment, before == null ? null : before.deployment(), added.deployment(), added),
                move(waiting, before == null ? null : line(before), line(added), added));
    }

    /** Most changes leave an instance where it is: there it is replaced. */
    private static PSortedMap<String, PSortedMap<String, Instance>> move(
            PSortedMap<String, PSortedMap<String, Instance>> index,
            @Nullable String from,
            @Nullable String to,
            Instance added) {
        return plus(from == null || from.equals(to) ? index : minus(index, from, added), to, added);
    }

    /** The deployment of one that waits for a node; null: it has one, or shall have none. */
    private static @Nullable String line(Instance instance) {
        return instance.node() == null && instance.order() == Order.RUN ? instance.deployment() : null;
    }

    private static @Nullable String home(Instance instance) {
        Preparation preparation = instance.preparation();
        return instance.node() != null || preparation == null ? instance.node() : preparation.node();
    }

    private static PSortedMap<String, PSortedMap<String, Instance>> plus(
            PSortedMap<String, PSortedMap<String, Instance>> index, @Nullable String key, Instance added) {
        if (key == null) {
            return index;
        }
        PSortedMap<String, Instance> group = Objects.requireNonNullElse(index.get(key), TreePMap.empty());
        return index.plus(key, group.plus(added.id(), added));
    }

    private static PSortedMap<String, PSortedMap<String, Instance>> minus(
            PSortedMap<String, PSortedMap<String, Instance>> index, @Nullable String key, Instance old) {
        PSortedMap<String, Instance> group = key == null ? null : index.get(key);
        if (key == null || group == null) {
            return index;
        }
        PSortedMap<String, Instance> rest = group.minus(old.id());
        return rest.isEmpty() ? index.minus(key) : index.plus(key, rest);
    }
}
