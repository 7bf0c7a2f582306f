"""A CUDA device that is only pretended, to find tensors in the wrong place without having one."""

import torch
from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._device import DeviceContext, _device_constructors
from torch.utils._pytree import tree_leaves

CPU, CUDA = torch.device("cpu"), torch.device("cuda:0")


class PretendedCuda(DeviceContext):
    """What `with torch.device("cuda")` is, on a processor that computes for the missing device.

    Every tensor is in the processor's memory. This notes which of them would be on the device, and
    refuses what CUDA would: operations on tensors of both kinds, and handing one to NumPy.
    """

    def __init__(self):
        super().__init__(CUDA)
        # By storage, which views and parameters share with the tensors that they are made from.
        self.moved = set()

    def holds(self, tensor):
        return StorageWeakRef(tensor.untyped_storage()) in self.moved

    def place(self, result, device):
        for tensor in tree_leaves(result):
            if isinstance(tensor, Tensor) and torch.device(device).type == "cuda":
                self.moved.add(StorageWeakRef(tensor.untyped_storage()))
        return result

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        here = CUDA if any(map(self.holds, tensors)) else CPU
        if func == Tensor.device.__get__:
            return here
        if func in (Tensor.numpy, Tensor.__array__) and here == CUDA:
            raise TypeError("can't convert a tensor on cuda:0 to NumPy")
        if func is Tensor.cpu:
            return args[0].clone()
        if func is Tensor.to:
            return self.to(here, *args, **kwargs)
        if func in _device_constructors():
            return self.construct(func, args, kwargs)
        # A number on the CPU goes with tensors on the device.
        left = [tensor for tensor in tensors if tensor.ndim and not self.holds(tensor)]
        if here == CUDA and left:
            raise RuntimeError(f"{func.__name__}: not all tensors are on the same device")
        device = kwargs.pop("device", None) or here
        return self.place(func(*args, **kwargs), device)

    def to(self, here, tensor, *args, **kwargs):
        """Copy a tensor to the device among the arguments, if there is one."""
        words = [*args, *kwargs.values()]
        devices = [word for word in words if isinstance(word, str | torch.device)]
        others = [word for word in words if not isinstance(word, str | torch.device)]
        return self.place(tensor.to(*others).clone(), *(devices or [here]))

    def construct(self, func, args, kwargs):
        """Create a tensor where it is wanted, on the device if nothing else is said."""
        wanted = torch.device(kwargs.pop("device", None) or CUDA)
        if wanted.type == "cuda" and kwargs.get("generator") is not None:
            raise RuntimeError("expected a 'cuda' device type for generator but found 'cpu'")
        return self.place(func(*args, **kwargs, device="cpu"), wanted)
