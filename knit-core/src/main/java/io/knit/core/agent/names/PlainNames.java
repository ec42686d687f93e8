package io.knit.core.agent.names;

import io.knit.api.model.NamedNetwork;
import io.knit.core.wire.NamedDeployment;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whom a name without a dot leads to, for a container: those of its stack, else who shares a network with it, which on one node the engine answers and on any is answered so, else the deployment
 * of that name. (Pure.)
 */
final class PlainNames {
    private PlainNames() {}

    /**
     * Names of deployments; empty: there is no such name.
     *
     * @param name in lower case
     * @param asker the deployment that asks
     */
    static Optional<Collection<String>> of(HeldNames names, String name, String asker) {
        String stack = names.stack(asker);
        Optional<Collection<String>> own =
                stack.isEmpty() ? Optional.empty() : NameBook.deployments(names, List.of(name, stack));
        return own.or(() -> onSharedNetwork(names, name, asker))
                .or(() -> names.deployments().containsKey(name) ? Optional.of(List.of(name)) : Optional.empty());
    }

    /**
     * The same of what a search list makes of such a name, where it is no name by itself: a host may tell its containers to look there alone.
     *
     * @param labels of the name without {@link NameBook#ROOT}, in lower case
     */
    static Optional<Collection<String>> searched(HeldNames names, List<String> labels, String asker) {
        String stack = names.stack(asker);
        List<String> searched = stack.isEmpty() ? List.of() : List.of(stack);
        boolean isFirst = !labels.isEmpty() && labels.subList(1, labels.size()).equals(searched);
        return isFirst ? onSharedNetwork(names, labels.get(0), asker) : Optional.empty();
    }

    /** Of several networks the first on which any is called so. */
    private static Optional<Collection<String>> onSharedNetwork(HeldNames names, String name, String asker) {
        NamedDeployment from = names.deployments().get(asker);
        List<NamedNetwork> own = from == null ? List.of() : from.networks();
        for (NamedNetwork network : own) {
            List<String> found = names.on(network.name()).stream()
                    .filter(it -> isCalled(it, network.name(), name))
                    .map(NamedDeployment::name)
                    .toList();
            if (!found.isEmpty()) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    private static boolean isCalled(NamedDeployment deployment, String network, String name) {
        return deployment.name().equals(name)
                || deployment.networks().stream()
                        .filter(it -> it.name().equals(network))
                        .flatMap(it -> it.aliases().stream())
                        .anyMatch(alias -> alias.toLowerCase(Locale.ROOT).equals(name));
    }
}
