"""The words in which contexts talk: types, models, topics. The only door between intake, dispatch and notify."""
