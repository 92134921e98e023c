"""舍位平衡: a rounded part may be moved by one last digit so that the parts add up to their rounded
total.

A published figure that differs from its source by one digit more than rounding allows is explained
exactly where it is a part of a total, the parts rounded each by itself do not add up to that total
as published, the parts as published do, and the figure was moved in the direction that closes the
gap.

Where a whole set was balanced, moves go on in chains: a part moved for its row moves the total of
its column. So a figure is also explained where every published sum it stands in, as a part or as
the total, holds as published, and elsewhere in the unit's tables sums hold that figures rounded
each by itself would miss. A single wrong figure breaks its own sums, and a set that was not
balanced shows no such sums.

A single wrong figure also keeps the sums of its neighbours from holding, and so would accuse those
that were moved. In a set that was balanced it is found first: the figure for which one value,
within rounding of its source, makes all its sums hold. ``rec_restored`` tells these: uy, key,
suggested (分), sums. Where several figures would explain the same sums, none is taken back: the one
furthest from its source is told, and in ``rec_rivals`` (uy, key, lead) that the others are of one
cause with it.

Where a total or a part holds no number (“详见附件”), nobody can say whether its sum was balanced. A
figure of that sum may then differ by one digit more, if the sum can still be what its sources make
it: it is not judged. Where a source holds no number, it is what its own sum leaves for it.
"""
