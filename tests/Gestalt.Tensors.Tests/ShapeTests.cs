namespace Gestalt.Tensors.Tests;

public sealed class ShapeTests
{
    [Fact]
    public void Rows_and_width_split_a_shape_at_its_last_axis()
    {
        Shape shape = new(2, 3, 5);
        Assert.Equal((3, 30L, 6, 5), (shape.Rank, shape.Length, shape.Rows, shape.Width));
        Assert.Equal(new Shape(2, 3, 7), shape.WithWidth(7));
        Assert.Equal("(2,3,5)", shape.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => shape[3]);
    }

    [Fact]
    public void Rank_is_part_of_a_shape() => Assert.NotEqual(new Shape(4), new Shape(4, 1));

    [Fact]
    public void Lengths_beyond_an_int_are_counted_and_negative_extents_refused()
    {
        Assert.Equal(1L << 40, new Shape(1 << 20, 1 << 20).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Shape(3, -1));
        Assert.Equal(0, new Shape(3, 0).Rows);
    }
}
