/**
 * Rules that server and admission share on what a node is like: which facts there are ({@link io.knit.core.rules.node.NodeFact}), and whether
 * a node meets a constraint ({@link io.knit.core.rules.node.Match}) (pure).
 */
@NullMarked
package io.knit.core.rules.node;

import org.jspecify.annotations.NullMarked;
