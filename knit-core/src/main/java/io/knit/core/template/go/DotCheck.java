package io.knit.core.template.go;

import io.knit.core.template.bound.Attributes;
import io.knit.gotemplate.bound.GoFault;
import io.knit.gotemplate.bound.Place;
import io.knit.gotemplate.tree.Definitions;
import io.knit.gotemplate.tree.Operand;
import io.knit.gotemplate.tree.Pipeline;
import io.knit.gotemplate.tree.TreePart;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds fields that the dot has not, in branches too which a first rendering might not take, as far as the dot is what the template was given. */
final class DotCheck {
    private static final String ROOT = "$";

    private final Set<String> names;
    private boolean rootIsDot = true;

    private DotCheck(Set<String> names) {
        this.names = names;
    }

    /** @throws GoFault if there is one */
    static void check(Definitions definitions, Set<String> names) {
        new DotCheck(names).parts(definitions.main(), true);
    }

    private void parts(@Nullable List<TreePart> parts, boolean isDot) {
        if (parts == null) {
            return;
        }
        for (TreePart part : parts) {
            if (part instanceof TreePart.Action action) {
                pipe(action.pipe(), isDot);
            } else if (part instanceof TreePart.Branch branch) {
                pipe(branch.pipe(), isDot);
                parts(branch.then(), isDot && branch.kind() == TreePart.Kind.IF);
                parts(branch.otherwise(), isDot);
            } else if (part instanceof TreePart.Call call && call.pipe() != null) {
                pipe(call.pipe(), isDot);
            }
        }
    }

    private void pipe(Pipeline pipe, boolean isDot) {
        for (Pipeline.Command command : pipe.commands()) {
            command.words().forEach(word -> operand(word, isDot));
        }
        rootIsDot &= !pipe.variables().contains(ROOT);
    }

    private void operand(Operand operand, boolean isDot) {
        if (operand instanceof Operand.Field field && isDot) {
            require(field.place(), field.names());
        } else if (operand instanceof Operand.Variable variable
                && rootIsDot
                && variable.name().equals(ROOT)) {
            require(variable.place(), variable.names());
        } else if (operand instanceof Operand.Inner inner) {
            pipe(inner.pipe(), isDot);
        } else if (operand instanceof Operand.Chain chain) {
            operand(chain.of(), isDot);
        }
    }

    private void require(Place place, List<String> path) {
        if (!path.isEmpty() && !names.contains(path.get(0))) {
            throw new GoFault(Attributes.unknown(path.get(0), names, "."), place);
        }
    }
}
